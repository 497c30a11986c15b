#pragma once

#include "actors/queue/sqlite/recent_items.hpp"
#include "actors/queue/sqlite/statement.hpp"
#include "actors/queue/store.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace squall::actors {

/// The ready items of a SQLite store in the order in which they are handed out. Items that are no
/// jobs, jobs, and jobs of one kind are found without a look at any other. Throws
/// `SQLite::Exception`.
class sqlite_ready {
public:
  sqlite_ready(SQLite::Database& database, const recent_items& recent);

  /// The next ones that are no jobs, as many as `store_lease` says, in the attempt that follows.
  std::vector<proto::leased_item> plain(std::uint64_t queue, std::uint32_t most);
  /// Likewise, jobs of `kinds` ("": items that are no jobs), or all items when there are none.
  std::vector<proto::leased_item> of_kinds(std::uint64_t queue, std::span<const std::string> kinds,
                                           std::uint32_t most);
  /// When the oldest was put that is no job, or that is one.
  std::optional<unix_ms> oldest_plain(std::uint64_t queue, proto::queue_order order) {
    return oldest(first_plain_, last_plain_, queue, order);
  }
  std::optional<unix_ms> oldest_job(std::uint64_t queue, proto::queue_order order) {
    return oldest(first_job_, last_job_, queue, order);
  }

private:
  /// (rank, id)
  using place = std::pair<std::int64_t, std::uint64_t>;

  proto::leased_item read(std::uint64_t id);
  static std::optional<unix_ms> oldest(statement& first, statement& last, std::uint64_t queue,
                                       proto::queue_order order);

  const recent_items& recent_;
  statement plain_;
  statement plain_places_;
  statement job_places_;
  statement kind_places_;
  statement read_;
  statement first_plain_;
  statement first_job_;
  statement last_plain_;
  statement last_job_;
};

} // namespace squall::actors
