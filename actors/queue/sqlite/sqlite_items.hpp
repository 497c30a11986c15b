#pragma once

#include "actors/queue/lease_ids.hpp"
#include "actors/queue/queue_books.hpp"
#include "actors/queue/sqlite/sqlite_jobs.hpp"
#include "actors/queue/sqlite/statement.hpp"
#include "actors/queue/store.hpp"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace squall::actors {

inline constexpr std::uint8_t highest_priority = 9;
/// Orders the ready items of a queue, those of one rank by their numbers.
std::int64_t rank_of(proto::queue_order order, std::uint64_t id, std::uint8_t priority) noexcept;

/// An item of a SQLite store without its body.
struct sqlite_item {
  std::uint64_t id = 0;
  std::uint64_t queue = 0; ///< number
  item_state state = item_state::ready;
  std::uint32_t attempt = 0;
  unix_ms put_at = 0;
  std::uint64_t bytes = 0; ///< of its body and its result
  unix_ms due = 0;         ///< when something happens to it by itself; 0: never
  lease_id lease;          ///< leased
  std::uint64_t death = 0; ///< dead: the how manieth of the store
  bool is_job = false;
  std::optional<sqlite_job> job; ///< of a job, once it was read

  /// When it is dead unless it is begun; 0: it waits on.
  unix_ms expires() const noexcept { return job && attempt == 0 ? job->expires : 0; }
};

/// The items of a SQLite store: statements on its tables, and nothing in memory. Throws
/// `SQLite::Exception`.
class sqlite_items {
public:
  explicit sqlite_items(SQLite::Database& database);

  /// `row`: as it is to be. `item`: what more is kept of it.
  void add(const sqlite_item& row, proto::queue_order order, const proto::new_item& item);
  std::optional<sqlite_item> find(std::uint64_t id);
  /// Writes all of it that can change.
  void update(const sqlite_item& item);
  /// With its body and its failures, but not what makes it a job.
  void erase(const sqlite_item& item);

  /// Within the bounds of failures.hpp.
  void add_failure(const sqlite_item& item, const std::string& error, const std::string& worker,
                   unix_ms now);
  std::vector<proto::failed_attempt> failures(std::uint64_t id);
  void forget_failures(std::uint64_t id);

  /// Of those whose time is over at `now` at most `most`, the longest over first.
  std::vector<sqlite_item> due(unix_ms now, std::uint32_t most);
  std::optional<unix_ms> next_due();

  std::vector<sqlite_item> leased(std::uint64_t queue);
  std::vector<proto::dead_item> dead(std::uint64_t queue, std::uint32_t most);
  void reorder(std::uint64_t queue, proto::queue_order order);
  /// Those whose states are among these, a bit each. Gives the number of their bytes.
  std::uint64_t erase_all(std::uint64_t queue, std::uint32_t states);

private:
  statement insert_;
  statement insert_body_;
  statement find_;
  statement update_;
  statement erase_;
  statement erase_body_;
  statement insert_failure_;
  statement erase_old_failures_;
  statement erase_failures_;
  statement failures_;
  statement due_;
  statement next_due_;
  statement leased_;
  statement dead_;
  statement reorder_;
  statement sum_bytes_;
  statement erase_all_failures_;
  statement erase_all_bodies_;
  statement erase_all_;
};

} // namespace squall::actors
