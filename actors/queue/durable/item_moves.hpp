#pragma once

#include "actors/queue/durable/store_tables.hpp"
#include "actors/queue/lease_ids.hpp"
#include "actors/queue/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::actors {

/// What becomes of the items of a durable store, in its tables and in its queues' books. Throws
/// what the tables throw.
class item_moves {
public:
  explicit item_moves(store_tables& tables) : tables_{tables} {}

  stored_item add(stored_queue& queue, const proto::new_item& item, unix_ms now);
  void erase(const stored_item& item);
  /// All of a queue that is meant.
  removed erase_all(stored_queue& queue, removal what);

  /// Writes the lease of `item`, whose `lease_ms` is told.
  void hand_out(proto::leased_item& item, stored_queue& queue, unix_ms now);
  void extend(stored_item& item, std::uint32_t lease_ms, unix_ms now);
  /// Back, and the attempt not counted.
  void release(stored_item& item);
  /// The time of a pause is over.
  void wake(stored_item& item) { move(item, item_state::ready); }
  /// A lease ends without an ack: ready, pausing, or dead.
  void fail(stored_item& item, const settlement& why, std::uint32_t pause_ms, unix_ms now);
  /// A job whose time to live is over is dead.
  void give_up(stored_item& item, unix_ms now);
  /// A job is done or cancelled.
  void end(stored_item& item, item_state state, unix_ms now);
  /// To be followed by `end`.
  void set_result(stored_item& item, const std::string& result, const std::string& worker);
  /// Of a job that is leased. To be followed by `extend`.
  void set_progress(stored_item& item, const std::string& progress);
  /// False when another job has its unique key now.
  bool revive(stored_item& item);

  /// Found, with what makes it a job.
  std::optional<stored_item> find(std::uint64_t id);
  std::optional<stored_item> find(const proto::job_id& id);
  std::optional<stored_item> leased(std::string_view lease);
  std::uint64_t random_bits() { return ids_.bits(); }

private:
  /// Writes the item and, of a complete one, the job.
  void move(stored_item& item, item_state to, unix_ms due = 0);
  /// In its queue's books.
  static void count(const stored_item& item, stored_queue& queue);
  static void uncount(const stored_item& item, stored_queue& queue);
  void die(stored_item& item, unix_ms now);

  store_tables& tables_;
  lease_ids ids_;
};

} // namespace squall::actors
