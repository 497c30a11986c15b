#pragma once

#include "actors/queue/store.hpp"
#include "actors/queue/store_health.hpp"
#include "proto/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace squall::actors {

/// How the queues of a gateway are kept.
struct broker_options {
  std::unique_ptr<store> items;
  std::size_t max_waiting_bytes = 64 << 20; ///< of puts that wait for room, over all queues
  bool blocking = false; ///< the store waits for a disk or a server: the broker has its own thread
  std::shared_ptr<store_health> health = nullptr; ///< is told how the store works; may be null
  std::unique_ptr<store_watch> watch = nullptr;   ///< of a store that is shared; else null
  std::int64_t ahead_ms = 0; ///< of this host's clock are the times of the store
};

/// Starts the queues of a gateway: who waits for what, in front of `items`. With a blocking store,
/// all that comes while it commits becomes its next transaction; otherwise each message is one.
/// Owned by the gateway, which sends it its exit after its bridges are gone. What is in its mailbox
/// then is still done, and answered. Times are whole milliseconds: a wait, a lease or a pause may
/// end up to one early.
proto::broker_actor broker(caf::actor_system& system, broker_options options);

} // namespace squall::actors
