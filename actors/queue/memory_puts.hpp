#pragma once

#include "actors/queue/memory_items.hpp"
#include "actors/queue/memory_queue.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace squall::actors {

/// What a put of items will find and take.
struct memory_put_plan {
  bool key_reused = false; ///< so it is refused
  std::size_t fresh = 0;   ///< items that are not there yet
  std::size_t cost = 0;    ///< of those
};

/// `queue`: null when there is none yet. Jobs that are the same as others of `items` are planned as
/// fresh ones.
memory_put_plan plan_put(std::span<const proto::new_item> items, const memory_jobs& jobs,
                         const memory_queue* queue, unix_ms now);

/// Puts those that are not there, without a look at bounds. `items` are moved from.
std::vector<proto::job_view> put_jobs(std::span<proto::new_item> items, memory_items& to,
                                      memory_queue& queue, unix_ms now);

} // namespace squall::actors
