#pragma once

#include "actors/queue/durable/stored_item.hpp"
#include "actors/queue/sqlite/statement.hpp"
#include "actors/queue/store.hpp"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace squall::actors {

/// The items of a SQLite store: statements on its tables, and nothing in memory. Throws
/// `SQLite::Exception`.
class sqlite_items {
public:
  explicit sqlite_items(SQLite::Database& database);

  /// `row`: as it is to be. `item`: what more is kept of it.
  void add(const stored_item& row, proto::queue_order order, const proto::new_item& item);
  std::optional<stored_item> find(std::uint64_t id);
  /// Writes all of it that can change.
  void update(const stored_item& item);
  /// With its body and its failures, but not what makes it a job.
  void erase(const stored_item& item);

  /// Within the bounds of failures.hpp.
  void add_failure(const stored_item& item, const std::string& error, const std::string& worker,
                   unix_ms now);
  std::vector<proto::failed_attempt> failures(std::uint64_t id);
  void forget_failures(std::uint64_t id);

  /// Of those whose time is over at `now` at most `most`, the longest over first.
  std::vector<stored_item> due(unix_ms now, std::uint32_t most);
  std::optional<unix_ms> next_due();

  std::vector<stored_item> leased(std::uint64_t queue);
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
