#pragma once

#include "gateway/http/message.hpp"
#include "proto/errc.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace squall::gateway::http {

/// The problem document (RFC 9457) of an error of the table. `data` is empty or the text of a JSON
/// object whose members are added; it cannot replace ours.
response make_problem(const request& to, proto::errc code, std::string_view detail,
                      std::string_view data = {});

/// The same for an error of HTTP's own, which has no row in the table: its code is
/// `invalid_request`, its status and title are HTTP's.
response make_problem(const request& to, std::uint16_t status, std::string_view detail);

} // namespace squall::gateway::http
