#pragma once

#include "deploy/supervisor/descriptor.hpp"
#include "proto/endpoint.hpp"

#include <cstdint>
#include <string>

namespace squall::supervisor {

/// Listens on HOST:PORT. Connections wait there until a process that has the socket takes them.
/// Throws `std::runtime_error` with advice when the address cannot be had.
descriptor listen_on(const std::string& address);

/// The address that a socket has, with the port that it took.
proto::endpoint address_of(const descriptor& socket);

/// The number by which the system knows the socket in every process that has it.
std::uint64_t inode_of(const descriptor& socket);

} // namespace squall::supervisor
