#pragma once

#include "actors/queue/sqlite/recent_items.hpp"
#include "actors/queue/sqlite/sqlite_items.hpp"
#include "actors/queue/sqlite/sqlite_queues.hpp"
#include "actors/queue/sqlite/statement.hpp"
#include "actors/queue/store.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>

namespace squall::actors {

/// The jobs of a SQLite store as they are told of: statements on its tables, and nothing in memory.
/// Throws `SQLite::Exception`.
class sqlite_job_views {
public:
  sqlite_job_views(SQLite::Database& database, sqlite_queues& queues, sqlite_items& items,
                   const recent_items& recent);

  /// Nothing when this item is no job, or is not there.
  std::optional<proto::job_view> find(std::uint64_t item);
  /// With its params and its result; nothing when there is no such job.
  std::optional<proto::job_view> whole(const proto::job_id& id);
  /// Writes `jobs` and `next`.
  void list(const proto::job_filter& which, view& out);

private:
  proto::job_view whole(const recent_items::entry& recent);

  sqlite_queues& queues_;
  sqlite_items& items_;
  const recent_items& recent_;
  statement find_;
  statement list_;
  statement body_;
  statement result_;
};

} // namespace squall::actors
