#pragma once

#include "actors/pool_queue.hpp"
#include "actors/queue/lease_plan.hpp"
#include "proto/queue.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace squall::actors {

/// What a pool has to do next for its consumers.
struct consumers_orders {
  std::vector<queued_call> start;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> stop; ///< (link, id) of calls
};

/// The items that consumers of one queue lease, run, and settle, at any number of gateways. Every
/// item becomes a call; the call's result becomes an ack or a nack. Never holds more items than it
/// has tokens. Leases are extended at half their time; a lost one stops its call. Pure: no runtime,
/// times are arguments. Gateways are told by the caller's numbers (`link`), never used again for
/// another one.
class consumers_core {
public:
  /// `call_timeout`: how long one attempt may take.
  consumers_core(std::string queue, std::uint32_t tokens, std::chrono::milliseconds call_timeout);

  void add(std::uint32_t link);
  /// The gateway is gone: its items are somebody else's, and their calls are to stop.
  void remove(std::uint32_t link);
  void on_answers(std::uint32_t link, std::vector<proto::queue_answer>& answers,
                  steady::time_point now);
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
  /// An item in hand; its call has the id that is its key.
  struct held {
    std::uint32_t link = 0;
    std::string lease;
    std::uint32_t lease_ms = 0;
    std::optional<steady::time_point> extend_at; ///< nothing: an extension is under way
    bool lost = false;                           ///< the lease is gone; the call is to stop
  };

  struct gateway {
    std::uint32_t link = 0;
    std::uint64_t lease = 0;      ///< id of the lease request that is out; 0: none
    std::uint32_t unanswered = 0; ///< acks, nacks, releases, and the end of a drain
    proto::queue_batch out;
  };

  gateway* find(std::uint32_t link);
  void on_leased(gateway& from, proto::queue_answer& answer, steady::time_point now);
  void on_extended(const proto::queue_answer& answer, steady::time_point now);
  void begin(gateway& from, proto::leased_item& item, steady::time_point now);
  proto::queue_request& request(gateway& at, proto::queue_op op);
  proto::queue_request& settle(gateway& at, proto::queue_op op, std::string lease);
  void recall(gateway& from);
  std::optional<held> take(std::uint64_t id);
  void lose(std::uint64_t id, held& item);
  void extend_at(std::uint64_t id, held& item, steady::time_point when);
  void stop_extending(std::uint64_t id, held& item);
  void extend_due(steady::time_point now);
  void lease_more(steady::time_point now);

  const std::string queue_;
  const std::chrono::milliseconds call_timeout_;
  lease_plan plan_;
  std::vector<gateway> gateways_; ///< a few
  std::unordered_map<std::uint64_t, held> items_;
  std::set<std::pair<steady::time_point, std::uint64_t>> extensions_; ///< of items, when due
  consumers_orders orders_;
  std::uint64_t last_id_ = 0; ///< of requests and calls
  bool draining_ = false;
};

} // namespace squall::actors
