#pragma once

#include "actors/queue/lease_ids.hpp"
#include "actors/queue/queue_books.hpp"
#include "actors/queue/store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace squall::actors {

class memory_queue;

/// What makes an item a job.
struct memory_job {
  proto::job_id id;
  proto::job_options options;
  unix_ms expires = 0; ///< dead then, unless it was begun; 0: it waits on
  unix_ms started = 0;
  unix_ms ended = 0;
  std::uint64_t changes = 0; ///< see `proto::job_view`
  std::string worker;
  std::string progress;
  std::string result;
};

struct memory_item {
  std::uint64_t id = 0;
  memory_queue* queue = nullptr;
  std::string body;
  std::uint8_t priority = 5;
  item_state state = item_state::ready;
  std::uint32_t attempt = 0; ///< how often it was handed out, and not released
  unix_ms put_at = 0;
  unix_ms due = 0;         ///< when something happens to it by itself; 0: never
  lease_id lease;          ///< leased
  std::uint64_t death = 0; ///< dead: which of its queue's
  std::vector<proto::failed_attempt> failures;
  std::unique_ptr<memory_job> job; ///< null: it is none

  /// When it is dead unless it is begun; 0: it waits on.
  unix_ms expires() const noexcept { return job && attempt == 0 ? job->expires : 0; }
};

/// What an item takes besides its body: its nodes in the hash of items and the set of ready ones,
/// and when it is leased in those of leases and times.
inline constexpr std::size_t item_overhead = sizeof(memory_item) + 192;
/// What a job takes besides its texts: its nodes in the map of jobs, those of ready ones, and those
/// of keys.
inline constexpr std::size_t job_overhead = sizeof(memory_job) + 320;

/// Bytes that the item takes, of its store's bound.
std::size_t cost_of(const memory_item& item);
/// Those that it will take.
std::size_t cost_of(const proto::new_item& item);

/// Adds the failure of its current attempt, within the bounds of failures.hpp.
void add_failure(memory_item& item, std::string error, std::string worker, unix_ms now);

/// Of a job. `whole`: with its params and its result.
proto::job_view view_of(const memory_item& item, bool whole);
/// What is told of an item that was settled.
settled settled_of(const memory_item& item);

} // namespace squall::actors
