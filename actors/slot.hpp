#pragma once

#include "actors/pool.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace squall::actors {

/// One slot of a CPU-bound pool. When woken it runs calls on a thread of its own, one after
/// another, until the pool's queue is empty. Owned by the agent, which sends it its exit.
struct slot_state {
  static inline const char* name = "squall.slot";
};

/// Runs calls of `owner` as its slot `index`, which was woken, until the queue is empty. On the
/// caller's thread. False when the slot is none any more.
bool work_off(pool& owner, std::uint32_t index);

/// Spawn function of slot `index` of `owner`.
proto::slot_actor::behavior_type slot(proto::slot_actor::stateful_pointer<slot_state> self,
                                      std::shared_ptr<pool> owner, std::uint32_t index);

} // namespace squall::actors
