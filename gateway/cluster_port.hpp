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

} // namespace squall::gateway
