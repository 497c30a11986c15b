#pragma once

#include <string_view>

namespace squall::actors {

// What a broker tells people.
inline constexpr const char* no_queue = "there is no such queue";
inline constexpr const char* queue_removed = "the queue was removed";
inline constexpr const char* name_rule =
    "a queue's name is 1 to 128 characters of A-Z, a-z, 0-9, '.', '_' and '-'";
inline constexpr const char* settings_rule = "lease_ms and max_attempts must be at least 1";
inline constexpr const char* too_many = "the items are more than the queue may ever hold";
inline constexpr const char* queue_is_full = "the queue is full";
inline constexpr const char* no_memory_left = "the gateway's memory for queues is full";
inline constexpr const char* no_memory_for_queue =
    "the gateway's memory for queues (--queue-memory) has no room for another queue";
inline constexpr const char* still_unfinished = "not all items of the queue were finished in time";
inline constexpr const char* lease_not_held = "the lease is not held any more";
inline constexpr const char* draining_now = "the gateway is draining";
inline constexpr const char* too_many_wait = "too many bytes wait for room in queues";
inline constexpr const char* jobs_and_others =
    "jobs and items that are none cannot be put together";
inline constexpr const char* key_stands_for_another =
    "the idempotency key was used for another job within the last day: choose another key, or "
    "send the same job again";
inline constexpr const char* no_job_named = "no job is named";
inline constexpr const char* no_such_job = "there is no such job";
inline constexpr const char* one_job_at_a_time = "jobs are cancelled one at a time";
inline constexpr const char* holder_lost = "its holder was lost";

/// Whether a queue may be called so.
constexpr bool valid_name(std::string_view name) noexcept {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !name.empty() && name.size() <= 128 &&
         name.find_first_not_of(allowed) == std::string_view::npos;
}

} // namespace squall::actors
