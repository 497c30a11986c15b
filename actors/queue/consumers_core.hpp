#pragma once

#include "actors/pool_queue.hpp"
#include "actors/queue/held_leases.hpp"
#include "actors/queue/lease_plan.hpp"
#include "actors/queue/settlement_of.hpp"
#include "proto/queue.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace squall::actors {

/// What a pool has to do next for its consumers.
struct consumers_orders {
  std::vector<queued_call> start;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> stop; ///< (link, id) of calls
};

/// What consumers consume, and what they say of it.
struct consumers_task {
  std::string queue;
  std::string kind;                       ///< of the calls, and of the jobs that are leased
  std::string worker;                     ///< who runs them; empty: nobody in particular
  std::chrono::milliseconds call_timeout; ///< of one attempt that names no time of its own
  std::size_t most_result_bytes = default_result_bytes;
};

/// The items that consumers of one queue lease, run, and settle, at any number of gateways: those
/// that are no jobs, and the jobs of their kind. Every item becomes a call; the call's result
/// becomes an ack or a nack. Never holds more items than it has tokens. Leases are extended at half
/// their time; a lost one stops its call. Pure: no runtime, times are arguments. Gateways are told
/// by the caller's numbers (`link`), never used again for another one.
class consumers_core {
public:
  consumers_core(consumers_task task, std::uint32_t tokens)
      : task_{std::move(task)}, plan_{tokens} {}

  void add(std::uint32_t link);
  /// The gateway is gone: its items are somebody else's, and their calls are to stop.
  void remove(std::uint32_t link);
  void on_answers(std::uint32_t link, proto::queue_answers& batch, steady::time_point now);
  void on_results(std::vector<proto::result>& results);
  /// The pool gave the call back unrun.
  void on_returned(std::uint64_t id);

  /// Leases nothing more. Takes waiting requests back; what they bring all the same is released.
  void drain();
  /// Whether a drain has nothing left to wait for: no item, and no settlement without its answer.
  bool is_drained() const;

  /// For the pool, since the last time.
  consumers_orders take_orders() { return std::exchange(orders_, {}); }
  /// For the gateways' brokers, one batch a turn; none that is empty.
  std::vector<std::pair<std::uint32_t, proto::queue_batch>> take_batches(steady::time_point now);
  /// When to call `take_batches` again though nothing happens.
  std::optional<steady::time_point> next_look() const;

private:
  struct gateway {
    std::uint32_t link = 0;
    std::uint64_t lease = 0;      ///< id of the lease request that is out; 0: none
    std::uint32_t unanswered = 0; ///< acks, nacks, releases, and the end of a drain
    proto::queue_batch out;
  };

  gateway* find(std::uint32_t link);
  void on_leased(gateway& from, proto::queue_answer& answer, steady::time_point now);
  void begin(gateway& from, proto::leased_item& item, steady::time_point now);
  void settle(gateway& at, proto::queue_request&& request);
  void release(gateway& at, std::string lease);
  void recall(gateway& from);
  std::optional<held_lease> take(std::uint64_t id);
  void lose(std::uint32_t link, std::uint64_t id);
  void lease_more(steady::time_point now);

  const consumers_task task_;
  lease_plan plan_;
  std::vector<gateway> gateways_;          ///< a few
  held_leases items_;                      ///< by id of the call; owned by the gateway's link
  std::unordered_set<std::uint64_t> lost_; ///< items whose lease is gone; their calls are to stop
  consumers_orders orders_;
  std::uint64_t last_id_ = 0; ///< of requests and calls
  bool draining_ = false;
};

} // namespace squall::actors
