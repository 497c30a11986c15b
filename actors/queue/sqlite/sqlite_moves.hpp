#pragma once

#include "actors/queue/lease_ids.hpp"
#include "actors/queue/sqlite/sqlite_items.hpp"
#include "actors/queue/sqlite/sqlite_jobs.hpp"
#include "actors/queue/sqlite/sqlite_queues.hpp"
#include "actors/queue/store.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::actors {

/// What becomes of the items of a SQLite store, in its tables and in its queues' books. Throws
/// `SQLite::Exception` and `store_failure`.
class sqlite_moves {
public:
  sqlite_moves(SQLite::Database& database, sqlite_queues& queues)
      : queues_{queues}, items_{database}, jobs_{database} {}

  sqlite_item add(sqlite_queue& queue, const proto::new_item& item, unix_ms now);
  void erase(const sqlite_item& item);
  /// All of a queue that is meant.
  removed erase_all(sqlite_queue& queue, removal what);

  /// Writes the lease of `item`, whose `lease_ms` is told.
  void hand_out(proto::leased_item& item, sqlite_queue& queue, unix_ms now);
  void extend(sqlite_item& item, std::uint32_t lease_ms, unix_ms now);
  /// Back, and the attempt not counted.
  void release(sqlite_item& item);
  /// The time of a pause is over.
  void wake(sqlite_item& item) { move(item, item_state::ready); }
  /// A lease ends without an ack: ready, pausing, or dead.
  void fail(sqlite_item& item, const settlement& why, std::uint32_t pause_ms, unix_ms now);
  /// A job whose time to live is over is dead.
  void give_up(sqlite_item& item, unix_ms now);
  /// A job is done or cancelled.
  void end(sqlite_item& item, item_state state, unix_ms now);
  /// To be followed by `end`.
  void set_result(sqlite_item& item, const std::string& result, const std::string& worker);
  /// Of a job that is leased. To be followed by `extend`.
  void set_progress(sqlite_item& item, const std::string& progress);
  /// False when another job has its unique key now.
  bool revive(sqlite_item& item);

  /// Found, with what makes it a job.
  std::optional<sqlite_item> find(std::uint64_t id);
  std::optional<sqlite_item> find(const proto::job_id& id);
  std::optional<sqlite_item> leased(std::string_view lease);
  /// Reads what makes it a job.
  void complete(sqlite_item& item);

  sqlite_items& items() noexcept { return items_; }
  sqlite_jobs& jobs() noexcept { return jobs_; }
  std::uint64_t random_bits() { return ids_.bits(); }

private:
  /// Writes the item and, of a complete one, the job.
  void move(sqlite_item& item, item_state to, unix_ms due = 0);
  /// In its queue's books.
  static void count(const sqlite_item& item, sqlite_queue& queue);
  static void uncount(const sqlite_item& item, sqlite_queue& queue);
  void die(sqlite_item& item, unix_ms now);

  sqlite_queues& queues_;
  sqlite_items items_;
  sqlite_jobs jobs_;
  lease_ids ids_;
};

inline proto::job_id id_of(const sqlite_item& job) noexcept {
  return proto::make_job_id(job.put_at, job.job->random, job.id);
}

} // namespace squall::actors
