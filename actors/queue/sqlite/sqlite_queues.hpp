#pragma once

#include "actors/queue/queue_books.hpp"
#include "actors/queue/rate_bucket.hpp"
#include "actors/queue/sqlite/statement.hpp"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace squall::actors {

/// A queue of a SQLite store, as it is in memory.
struct sqlite_queue {
  std::uint64_t id = 0;
  std::string name;
  proto::queue_settings settings;
  queue_books books;
  rate_bucket rate;
  std::uint64_t ready_jobs = 0; ///< of the books' ready items
  std::uint64_t refused_in = 0; ///< of the last `put` of the store that found no room here
  bool changed = false;         ///< has to be saved
};

/// The queues of a SQLite store and what it counts, kept in memory between transactions. Throws
/// `SQLite::Exception`.
class sqlite_queues {
public:
  using by_name = std::map<std::string, sqlite_queue, std::less<>>;

  explicit sqlite_queues(SQLite::Database& database);

  /// Forgets what is in memory and reads what is in the file.
  void load();
  /// Writes what has changed since it was loaded or saved.
  void save();
  /// Writes something, to see whether that can be done.
  void probe();

  sqlite_queue& add(std::string_view name, const proto::queue_settings& settings);
  /// Changes settings in the file, too; books are saved by `save`.
  void set(sqlite_queue& queue, const proto::queue_settings& settings);
  void erase(sqlite_queue& queue);

  const by_name& all() const noexcept { return queues_; }
  /// Null when there is none of this name.
  sqlite_queue* find(std::string_view name);
  sqlite_queue& at(std::uint64_t id) { return *ids_.at(id); }

  std::uint64_t new_item() noexcept { return ++last_item_; }
  std::uint64_t new_death() noexcept { return ++last_death_; }

private:
  std::uint64_t counter(const std::string& name);

  SQLite::Database& database_;
  by_name queues_;
  std::unordered_map<std::uint64_t, sqlite_queue*> ids_;
  std::uint64_t last_item_ = 0;
  std::uint64_t last_death_ = 0;
  std::uint64_t saved_item_ = 0;
  std::uint64_t saved_death_ = 0;
  statement read_;
  statement read_counter_;
  statement insert_;
  statement update_;
  statement save_;
  statement save_counter_;
  statement erase_;
};

} // namespace squall::actors
