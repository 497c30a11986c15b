#pragma once

#include "actors/queue/store.hpp"
#include "proto/messages.hpp"

#include <cstddef>
#include <memory>

namespace squall::actors {

/// How the queues of a gateway are kept.
struct broker_options {
  std::unique_ptr<store> items;
  std::size_t max_waiting_bytes = 64 << 20; ///< of puts that wait for room, over all queues
};

/// Starts the queues of a gateway: who waits for what, in front of `items`. Owned by the gateway,
/// which sends it its exit after its bridges are gone.
proto::broker_actor broker(caf::actor_system& system, broker_options options);

} // namespace squall::actors
