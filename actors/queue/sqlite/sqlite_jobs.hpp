#pragma once

#include "actors/queue/durable/stored_item.hpp"
#include "actors/queue/sqlite/statement.hpp"
#include "actors/queue/store.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>

namespace squall::actors {

/// Of an item, among the ready ones of its queue.
struct sqlite_place {
  std::uint64_t item = 0;
  std::uint64_t queue = 0; ///< number
  std::int64_t rank = 0;
  bool ready = false;
};

/// What is kept of jobs beyond their items: statements on its tables, and nothing in memory. Throws
/// `SQLite::Exception`.
class sqlite_jobs {
public:
  explicit sqlite_jobs(SQLite::Database& database);

  /// Its idempotency key stands for it from now on.
  void add(const sqlite_place& place, const stored_job& job, std::uint64_t fingerprint,
           unix_ms now);
  /// Throws `store_failure` when it is not there.
  stored_job find(std::uint64_t item);
  /// Writes all of it that can change.
  void update(std::uint64_t item, const stored_job& job, bool ready);
  /// It is not ready any more.
  void begin(std::uint64_t item, unix_ms now);
  void set_result(std::uint64_t item, const std::string& result);
  /// With its result and its keys.
  void erase(std::uint64_t item, std::uint64_t queue, const stored_job& job);

  std::optional<keyed_job> with_key(const std::string& key, unix_ms now);
  /// The item that has it.
  std::optional<std::uint64_t> unique(std::uint64_t queue, const std::string& key);
  void take_unique(std::uint64_t queue, const std::string& key, std::uint64_t item);
  void free_unique(std::uint64_t queue, const std::string& key, std::uint64_t item);

  /// To be called when the items have new ranks.
  void reorder(std::uint64_t queue);
  /// Those whose items in `queue` have one of these states, a bit each. The items must still be
  /// there.
  void erase_all(std::uint64_t queue, std::uint32_t states);

private:
  bool any();

  statement insert_;
  statement find_;
  statement update_;
  statement begin_;
  statement erase_;
  statement insert_result_;
  statement erase_result_;
  statement insert_key_;
  statement find_key_;
  statement erase_key_;
  statement insert_unique_;
  statement find_unique_;
  statement erase_unique_;
  statement reorder_;
  statement any_;
  statement erase_all_keys_;
  statement erase_all_unique_;
  statement erase_all_results_;
  statement erase_all_;
};

} // namespace squall::actors
