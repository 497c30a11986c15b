#pragma once

#include "actors/queue/lease_ids.hpp"
#include "actors/queue/queue_books.hpp"
#include "actors/queue/rate_bucket.hpp"
#include "actors/queue/store.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// What durable stores have in memory of what they keep.
namespace squall::actors {

/// What makes an item a job.
struct stored_job {
  std::string kind;
  std::uint64_t random = 0; ///< of its id
  std::uint32_t max_attempts = 0;
  std::uint32_t timeout_ms = 0;
  std::uint64_t result_ttl_ms = 0;
  unix_ms expires = 0; ///< dead then, unless it was begun; 0: it waits on
  std::string idempotency_key;
  std::string unique_key;
  unix_ms started = 0;
  unix_ms ended = 0;
  std::uint64_t changes = 1; ///< see `proto::job_view`
  std::string worker;
  std::string progress;
};

/// An item without its body and its result.
struct stored_item {
  std::uint64_t id = 0;
  std::uint64_t queue = 0; ///< number
  item_state state = item_state::ready;
  std::uint8_t priority = 5;
  std::uint32_t attempt = 0;
  unix_ms put_at = 0;
  std::uint64_t bytes = 0; ///< of its body and its result
  unix_ms due = 0;         ///< when something happens to it by itself; 0: never
  lease_id lease;          ///< leased
  std::uint64_t death = 0; ///< dead: the how manieth of the store
  bool is_job = false;
  std::optional<stored_job> job; ///< of a job, once it was read

  /// When it is dead unless it is begun; 0: it waits on.
  unix_ms expires() const noexcept { return job && attempt == 0 ? job->expires : 0; }
};

struct stored_queue {
  std::uint64_t id = 0;
  std::string name;
  proto::queue_settings settings;
  queue_books books;
  rate_bucket rate;
  std::uint64_t ready_jobs = 0; ///< of the books' ready items
  std::uint64_t refused_in = 0; ///< of the last `put` of the store that found no room here
  bool changed = false;         ///< its books have to be saved
};

/// What an idempotency key stands for.
struct keyed_job {
  std::uint64_t item = 0;
  std::uint64_t fingerprint = 0;
};

inline constexpr std::uint8_t highest_priority = 9;
/// Orders the ready items of a queue, those of one rank by their numbers.
std::int64_t rank_of(proto::queue_order order, std::uint64_t id, std::uint8_t priority) noexcept;

inline proto::job_id id_of(const stored_item& job) noexcept {
  return proto::make_job_id(job.put_at, job.job->random, job.id);
}

/// A job as it is, but for its failures, its params and its result. `item` is whole.
proto::job_view view_of(const stored_item& item, const stored_queue& queue);

} // namespace squall::actors
