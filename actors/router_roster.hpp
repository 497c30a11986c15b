#pragma once

#include "actors/waiting_line.hpp"
#include "proto/cluster.hpp"
#include "proto/errc.hpp"
#include "proto/submission.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace squall::actors {

struct router_kind;
struct router_worker;

/// What one worker offers of one kind, and how much of it is in use.
struct router_pool {
  router_worker* owner = nullptr;
  router_kind* kind = nullptr;
  std::uint32_t slots = 0;
  std::uint32_t window = 0;
  std::uint32_t in_flight = 0; ///< sent and not answered; never above the window at a send
  bool offered = true;         ///< false: it takes no new calls, and goes
  std::uint64_t done = 0;
  std::uint64_t failed = 0;

  /// May be negative: windows may be wider than the slots.
  std::int64_t free_slots() const noexcept { return std::int64_t{slots} - in_flight; }
};

/// A worker that has joined.
struct router_worker {
  std::uint64_t number = 0;
  proto::worker_info info;
  bool draining = false;
  std::chrono::steady_clock::time_point joined;
  /// One a kind; none goes before the worker does, kinds and calls point into it.
  std::deque<router_pool> pools;
  /// Where this turn's batch for it stands, see `router_outbox`.
  std::uint64_t mail_turn = 0;
  std::size_t mail_position = 0;
  std::size_t mail_size = 0; ///< calls of its last batch
};

/// A kind that has been offered since the start, or is expected to be.
struct router_kind {
  explicit router_kind(line_bounds bounds) : line{bounds} {}

  proto::kind_info info;
  bool offered = false; ///< by a worker, ever; until then `info` is a name
  waiting_line line;
  std::vector<router_pool*> offers;                ///< of the workers that take new calls
  std::size_t next_offer = 0;                      ///< where the search begins: ties take turns
  std::chrono::steady_clock::time_point last_left; ///< when `offers` became empty, or
                                                   ///< the kind was first expected
  std::uint32_t in_flight = 0;
  std::uint64_t redone = 0;
  std::array<std::uint64_t, 256> outcomes{}; ///< by error code
  proto::latency_histogram waiting_time;
  proto::latency_histogram running_time;

  /// The pool with the most free slots of those whose window has room; null when there is none.
  router_pool* choose() noexcept;
  void count(proto::errc code) noexcept;
};

/// The workers of a router and the kinds that they offer. References to its entries stay valid:
/// those to workers until `remove`, those to kinds for good. Not thread-safe.
class router_roster {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using kind_map = std::map<std::string, router_kind, std::less<>>;
  using worker_map = std::map<std::uint64_t, router_worker>;

  explicit router_roster(line_bounds bounds) : bounds_{bounds} {}

  /// Makes a kind known before a worker offers it.
  void expect(const std::string& name, time_point now);
  /// A kind that several workers describe differently is as the last one described it.
  router_worker& add(proto::worker_info info, std::vector<proto::pool_offer> offers,
                     time_point now);
  /// The worker offers these from now on, and nothing else.
  void change(router_worker& worker, std::vector<proto::pool_offer> offers, time_point now);
  /// Takes back what the worker offers; its pools stay.
  void retire(router_worker& worker, time_point now);
  /// Forgets a worker that was retired and has no call left.
  void remove(std::uint64_t number) { workers_.erase(number); }

  router_worker* find_worker(std::uint64_t number) noexcept;
  router_worker* find_worker(const proto::incarnation& id) noexcept;
  router_kind* find_kind(std::string_view name) noexcept;
  const kind_map& kinds() const noexcept { return kinds_; }
  kind_map& kinds() noexcept { return kinds_; }

  std::vector<proto::worker_status> worker_states(time_point now) const;
  std::vector<proto::kind_status> kind_states() const;
  proto::kinds_changed offered() const;

private:
  void offer(router_worker& worker, proto::pool_offer what);
  static void take_back(router_pool& pool, time_point now);

  line_bounds bounds_;
  kind_map kinds_;
  worker_map workers_;
  std::uint64_t last_number_ = 0;
  router_kind* last_found_ = nullptr; ///< most batches ask for one kind again and again
};

} // namespace squall::actors
