#pragma once

#include "proto/endpoint.hpp"
#include "proto/messages.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>

namespace squall::gateway {

/// Publishes `door` on CAF's network, with TLS when the system was configured for it. Returns the
/// port that was taken. Throws `std::runtime_error` that says why not.
std::uint16_t open_cluster_port(caf::actor_system& system, const proto::door_actor& door,
                                const proto::endpoint& where, bool tls);

/// Lets no further worker in.
void close_cluster_port(caf::actor_system& system, const proto::door_actor& door,
                        std::uint16_t port, bool tls);

/// Blocks until CAF's network has read everything that was sent to it before. It is told of the
/// ends of actors that workers know, and what it has not read keeps those alive: a system with such
/// an actor on a thread of its own would wait for that for ever.
void settle_cluster_port(caf::actor_system& system);

} // namespace squall::gateway
