#pragma once

#include "gateway/lane.hpp"
#include "proto/endpoint.hpp"

#include <memory>
#include <string>
#include <vector>

namespace squall::gateway {

/// The address that a socket is bound to, numeric. Throws `std::system_error`.
proto::endpoint address_of_socket(int socket);

/// Addresses as they are shown, with ", " between.
std::string to_string(const std::vector<proto::endpoint>& addresses);

/// Has every lane accept at every one of the listening sockets, of which there is at least one and
/// which are the lanes' from now on. Throws `std::system_error`.
void listen_at(const std::vector<int>& sockets, const std::vector<std::unique_ptr<lane>>& lanes);

} // namespace squall::gateway
