#pragma once

#include "actors/queue/lease_ids.hpp"
#include "actors/queue/queue_books.hpp"
#include "actors/queue/sqlite/statement.hpp"
#include "actors/queue/store.hpp"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace squall::actors {

/// An item of a SQLite store without its body.
struct sqlite_item {
  std::uint64_t id = 0;
  std::uint64_t queue = 0; ///< number
  item_state state = item_state::ready;
  std::uint32_t attempt = 0;
  std::uint64_t bytes = 0; ///< of its body
  unix_ms due = 0;         ///< leased, delayed: until when
  lease_id lease;          ///< leased
  std::uint64_t death = 0; ///< dead: the how manieth of the store
};

/// The items of a SQLite store: statements on its tables, and nothing in memory. Throws
/// `SQLite::Exception`.
class sqlite_items {
public:
  explicit sqlite_items(SQLite::Database& database);

  void add(std::uint64_t id, std::uint64_t queue, proto::queue_order order,
           const proto::new_item& item, unix_ms now);
  /// The next ones to be handed out, as many as `store_lease` says, in the attempt that follows.
  std::vector<proto::leased_item> ready(std::uint64_t queue, std::uint32_t most);
  std::optional<sqlite_item> find(std::uint64_t id);
  /// Writes all of it that can change.
  void update(const sqlite_item& item);
  /// With its body and its failures.
  void erase(const sqlite_item& item);

  /// Within the bounds of failures.hpp.
  void add_failure(const sqlite_item& item, const std::string& error, unix_ms now);
  void forget_failures(std::uint64_t id);

  /// Of those whose time is over at `now` at most `most`, the longest over first.
  std::vector<sqlite_item> due(unix_ms now, std::uint32_t most);
  std::optional<unix_ms> next_due();

  std::vector<sqlite_item> leased(std::uint64_t queue);
  std::vector<proto::dead_item> dead(std::uint64_t queue, std::uint32_t most);
  std::optional<unix_ms> oldest_ready(std::uint64_t queue, proto::queue_order order);
  void reorder(std::uint64_t queue, proto::queue_order order);
  /// Gives the number of bytes of the bodies that are gone.
  std::uint64_t erase_all(std::uint64_t queue, removal what);

private:
  statement insert_;
  statement insert_body_;
  statement ready_;
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
  statement first_of_rank_;
  statement last_;
  statement reorder_;
  statement sum_bytes_;
  statement erase_all_failures_;
  statement erase_all_bodies_;
  statement erase_all_;
};

} // namespace squall::actors
