#pragma once

#include "actors/handler.hpp"
#include "actors/pool_queue.hpp"
#include "proto/messages.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace squall::actors {

/// A pool as it is ordered: what it runs and how many calls at the same time.
struct pool_spec {
  handler work;
  std::uint32_t slots = 1;
};

/// One pool of an agent or of consumers, its owner, shared with its slots and with the calls that
/// its handler has under way.
struct pool : std::enable_shared_from_this<pool> {
  pool(pool_spec spec, std::uint32_t index, caf::actor_addr owner);

  /// Tells the owner to collect answers. From any thread; nothing happens when it is gone.
  void announce() const;

  /// Wakes slots: lets CPU-bound ones take calls, begins I/O-bound calls on the caller's thread.
  /// When all the work there is was estimated (not averaged) to be short, the caller does it at
  /// once in the woken slot's stead: two ways between threads cost more. From the owner.
  static void wake(const std::shared_ptr<pool>& self, const std::vector<std::uint32_t>& woken);

  /// For the handler of a call that slot `slot` runs; empty unless the call asks for it.
  progress_teller teller(std::uint32_t slot, const queued_call& call);

  const handler work;
  const std::uint32_t index;
  const caf::actor_addr owner; ///< a `proto::pool_owner_actor`
  pool_queue queue;
  // The owner's alone:
  bool offered = true;  ///< to gateways
  bool resized = false; ///< since then it has had more calls than it should

  /// So many slots from now on; calls that run beyond them end first. From the owner.
  static void resize(caf::actor_system& system, const std::shared_ptr<pool>& self,
                     std::uint32_t slots);

  /// Has a slot of a CPU-bound pool take calls. From any thread.
  void wake_slot(std::uint32_t slot);

  /// A slot has ended by itself, since there are fewer now: lets go of its actor, whose thread
  /// waits for that. Another actor may be that slot already. From the slot.
  void forget_slot(std::uint32_t slot, const caf::actor_addr& which);

  /// Ends the slots; nobody waits for that. From the owner.
  void end_slots();

private:
  std::mutex mutex_;
  std::vector<proto::slot_actor> slots_; ///< CPU-bound only
};

/// Makes a pool and, when it is CPU-bound, its slot actors. They live until they are sent their
/// exit, by the owner.
std::shared_ptr<pool> make_pool(caf::actor_system& system, pool_spec spec, std::uint32_t index,
                                caf::actor_addr owner);

/// Calls a CPU-bound handler. Whatever it throws becomes `task_failed`.
outcome run_guarded(const handler& work, const queued_call& call, std::stop_token stop,
                    progress_teller progress = {}) noexcept;

} // namespace squall::actors
