#pragma once

#include "actors/queue/sqlite/sqlite_job_views.hpp"
#include "actors/queue/sqlite/sqlite_moves.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace squall::actors {

/// What a put of items will find and take.
struct sqlite_put_plan {
  bool key_reused = false; ///< so it is refused
  std::size_t fresh = 0;   ///< items that are not there yet
};

/// `queue`: null when there is none yet. Jobs that are the same as others of `items` are planned as
/// fresh ones.
sqlite_put_plan plan_put(std::span<const proto::new_item> items, sqlite_jobs& jobs,
                         const sqlite_queue* queue, unix_ms now);

/// Puts those that are not there, without a look at bounds.
std::vector<proto::job_view> put_jobs(std::span<const proto::new_item> items, sqlite_moves& to,
                                      sqlite_job_views& views, sqlite_queue& queue, unix_ms now);

} // namespace squall::actors
