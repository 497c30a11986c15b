#pragma once

#include "actors/router_deadlines.hpp"
#include "actors/router_ledger.hpp"
#include "actors/router_outbox.hpp"
#include "actors/router_roster.hpp"
#include "proto/call.hpp"
#include "proto/cluster.hpp"
#include "proto/submission.hpp"

#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::actors {

/// Bounds of a router.
struct router_limits {
  line_bounds line;
  std::chrono::milliseconds grace{5'000}; ///< how long calls wait for a worker to come (back)
  unsigned tries = 3;                     ///< of a repeatable call whose workers die
};

/// What became of the calls of a worker that was lost.
struct router_loss {
  std::size_t redone = 0;  ///< in line again
  std::size_t refused = 0; ///< answered with an error
};

/// Decides which worker gets which call. Every call taken on is answered exactly once or cancelled,
/// and no worker ever has more calls than its window. Plain state without clock, sockets or CAF:
/// operations change it, and `take` gives what has to be sent because of them. Not thread-safe.
///
/// A cancelled or expired call that is at a worker keeps its place in the worker's window until the
/// worker has answered it: an agent answers every call that it got once, also cancelled ones.
class router_core {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit router_core(router_limits limits = {}) : limits_{limits}, roster_{limits.line} {}

  /// Makes a kind known that no worker has offered yet. Its calls wait as long for a worker as
  /// those of a kind whose last worker left now.
  void expect(const std::string& kind, time_point now) { roster_.expect(kind, now); }

  /// A number for a new bridge; empty when all 255 are taken. A number whose calls are not all
  /// done with is not given again.
  std::optional<std::uint8_t> attach_bridge();
  /// A bridge ended: its calls are cancelled.
  void bridge_lost(std::uint8_t bridge);

  /// Calls and cancellations of a bridge. Calls are moved out of the batch.
  void submit(proto::submit_batch& batch, time_point now);
  /// Answers, returned calls, grants and progress of a worker. Results and progress are moved out
  /// of the batch. What does not belong to the worker and attempt that a call is at now is ignored.
  void answered(proto::result_batch& batch, time_point now);

  /// Gives the worker its number. One of the same incarnation is lost first.
  std::uint64_t worker_joined(proto::worker_info info, std::vector<proto::pool_offer> pools,
                              time_point now);
  /// The worker died. Does nothing when it is not known.
  router_loss worker_lost(std::uint64_t number, time_point now);
  /// The worker has other pools: these, and no others. Calls that it has stay there until it has
  /// answered or returned them.
  void offer_changed(std::uint64_t number, std::vector<proto::pool_offer> pools, time_point now);
  /// The worker drains: it gets no more calls, its answers still count.
  void worker_leaves(std::uint64_t number, time_point now);

  /// Answers calls whose deadline passed or whose kind nobody offers any more. To be called every
  /// `router_deadlines::step` while `watching`.
  void expire(time_point now);
  bool watching() const noexcept { return !deadlines_.empty(); }

  /// From now on the status says so, and no worker is to be let in. Calls are taken still: the
  /// sessions know which were sent before the drain began, and refuse the others.
  void drain() noexcept { draining_ = true; }
  bool draining() const noexcept { return draining_; }
  /// Whether every call has been answered.
  bool idle() const noexcept { return wanted_ == 0; }

  proto::router_status status(time_point now) const;
  proto::kinds_changed kinds() const { return roster_.offered(); }
  /// Null when no worker has this number.
  const router_worker* find_worker(std::uint64_t number) noexcept;
  /// The worker of an incarnation; 0 when it has not joined.
  std::uint64_t number_of(const proto::incarnation& id) noexcept;

  /// Ends a turn: what has to be sent.
  router_mail take() { return outbox_.take(); }

private:
  using entry = router_ledger::entry;

  void admit(proto::submission& work, time_point now);
  bool refuse_without_worker(router_kind& kind, std::uint64_t id, time_point now);
  bool refuse_when_full(router_kind& kind, const proto::submission& work);
  /// `worker`: had it last, see `proto::result`.
  void refuse(std::uint64_t id, proto::errc code, std::string why, std::uint64_t worker = 0);
  void send(entry which, router_pool& pool, time_point now);
  void pump(router_kind& kind, time_point now);

  void settle(const router_worker& worker, proto::result& result, time_point now);
  void pass_on(const router_worker& worker, proto::call_progress& progress);
  void take_back(const router_worker& worker, std::uint64_t id);
  void grant(router_worker& worker, const proto::grant& grant);
  /// Puts a call that no worker has any more to the front of its line.
  void redo(entry which);

  /// Answers a call that stands neither in line nor at a worker.
  void conclude(entry which, proto::errc code, std::string why, std::uint64_t worker = 0);
  void cancel(entry which);
  /// Nobody waits for its answer any more: takes it out of the line, or tells its worker.
  void abandon(entry which);
  void forget(entry which);
  void leave_pool(router_call& call);
  bool in_grace(const router_kind& kind, time_point now) const noexcept;

  router_limits limits_;
  bool draining_ = false;
  router_roster roster_;
  router_ledger ledger_;
  router_deadlines deadlines_;
  router_outbox outbox_;
  std::size_t wanted_ = 0; ///< calls that have to be answered
  std::bitset<256> bridges_;
  std::uint8_t last_bridge_ = 0;
};

} // namespace squall::actors
