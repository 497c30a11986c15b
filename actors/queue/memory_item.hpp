#pragma once

#include "actors/queue/lease_ids.hpp"
#include "actors/queue/queue_books.hpp"
#include "actors/queue/store.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace squall::actors {

class memory_queue;

struct memory_item {
  std::uint64_t id = 0;
  memory_queue* queue = nullptr;
  std::string body;
  std::uint8_t priority = 5;
  item_state state = item_state::ready;
  std::uint32_t attempt = 0; ///< how often it was handed out, and not released
  unix_ms put_at = 0;
  unix_ms due = 0;         ///< leased, delayed: until when
  lease_id lease;          ///< leased
  std::uint64_t death = 0; ///< dead: which of its queue's
  std::vector<proto::failed_attempt> failures;
};

/// What an item takes besides its body: its nodes in the hash of items and the set of ready ones,
/// and when it is leased in those of leases and times.
inline constexpr std::size_t item_overhead = sizeof(memory_item) + 192;

/// Bytes that the item takes, of its store's bound.
std::size_t cost_of(const memory_item& item);

/// Adds the failure of its current attempt, within the bounds of failures.hpp.
void add_failure(memory_item& item, std::string error, unix_ms now);

} // namespace squall::actors
