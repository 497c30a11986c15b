#pragma once

#include "actors/queue/durable/item_moves.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace squall::actors {

/// What a put of items will find and take.
struct put_needs {
  bool key_reused = false; ///< so it is refused
  std::size_t fresh = 0;   ///< items that are not there yet
};

/// `queue`: null when there is none yet. Jobs that are the same as others of `items` are planned as
/// fresh ones.
put_needs needs_of(std::span<const proto::new_item> items, store_tables& tables,
                   const stored_queue* queue, unix_ms now);

/// Puts those that are not there, without a look at bounds.
std::vector<proto::job_view> put_jobs(std::span<const proto::new_item> items, store_tables& tables,
                                      item_moves& moves, stored_queue& queue, unix_ms now);

} // namespace squall::actors
