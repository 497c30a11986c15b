#pragma once

#include "actors/queue/durable/stored_item.hpp"
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

/// The queues of a SQLite store and what it counts, kept in memory between transactions. Throws
/// `SQLite::Exception`.
class sqlite_queues {
public:
  using by_name = std::map<std::string, stored_queue, std::less<>>;

  explicit sqlite_queues(SQLite::Database& database);

  /// Forgets what is in memory and reads what is in the file.
  void load();
  /// Writes what has changed since it was loaded or saved.
  void save();
  /// Writes something, to see whether that can be done.
  void probe();

  stored_queue& add(std::string_view name, const proto::queue_settings& settings);
  /// Changes settings in the file, too; books are saved by `save`.
  void set(stored_queue& queue, const proto::queue_settings& settings);
  void erase(stored_queue& queue);

  by_name& all() noexcept { return queues_; }
  /// Null when there is none of this name.
  stored_queue* find(std::string_view name);
  stored_queue& at(std::uint64_t id) { return *ids_.at(id); }

  std::uint64_t new_item() noexcept { return ++last_item_; }
  std::uint64_t new_death() noexcept { return ++last_death_; }

private:
  std::uint64_t counter(const std::string& name);

  SQLite::Database& database_;
  by_name queues_;
  std::unordered_map<std::uint64_t, stored_queue*> ids_;
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
