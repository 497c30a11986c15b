#pragma once

#include "proto/job_id.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace squall::proto {

/// Where an item or a job is: in exactly one of these. Durable stores keep the numbers. Items that
/// are no jobs are forgotten when they are done, and cannot be cancelled.
enum class item_state : std::uint8_t {
  ready = 0,   ///< to be handed out
  delayed = 1, ///< put for later, or failed and pausing; of jobs clients read "scheduled"
  leased = 2,
  dead = 3, ///< failed too often, or with no hope, or never begun within its time to live
  done = 4,
  cancelled = 5,
};
inline constexpr std::size_t item_states = 6;

/// Whether nothing happens to a job in this state any more by itself.
constexpr bool is_ended(item_state state) noexcept {
  return state >= item_state::dead;
}

/// What makes an item that is put a job. Its body is the kind's params.
struct job_options {
  std::string kind;               ///< empty: the item is no job, and the rest means nothing
  std::uint32_t max_attempts = 0; ///< 0: the queue's
  std::uint32_t timeout_ms = 0;   ///< of one attempt; 0: the kind's default
  std::uint64_t ttl_ms = 0;       ///< dead when it was not begun within this time; 0: it waits on
  std::uint64_t result_ttl_ms = 86'400'000; ///< how long it is kept when it is done or cancelled
  std::string idempotency_key;   ///< for a day, another put with it finds this job; empty: none
  std::uint64_t fingerprint = 0; ///< of what the key stands for; another one may not use the key
  std::string unique_key; ///< at most one job with it in a queue is neither ended nor cancelled;
                          ///< another put finds that one; empty: none

  friend bool operator==(const job_options&, const job_options&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_options& x) {
  return f(caf::meta::type_name("squall.job_options"), x.kind, x.max_attempts, x.timeout_ms,
           x.ttl_ms, x.result_ttl_ms, x.idempotency_key, x.fingerprint, x.unique_key);
}

/// Why one attempt at an item failed.
struct failed_attempt {
  std::uint32_t attempt = 0;
  std::uint64_t at_ms = 0; ///< Unix time
  std::string error;       ///< for people
  std::string worker{};    ///< who tried; empty: not known

  friend bool operator==(const failed_attempt&, const failed_attempt&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, failed_attempt& x) {
  return f(caf::meta::type_name("squall.failed_attempt"), x.attempt, x.at_ms, x.error, x.worker);
}

/// A job as it is now. Times are Unix times in milliseconds; 0: not, or not yet.
struct job_view {
  job_id id;
  bool existed = false; ///< answer to a put: it was there before, under the same key
  std::string queue;
  std::string kind;
  item_state state = item_state::ready;
  std::uint8_t priority = 5;
  std::uint32_t attempt = 0; ///< how often it was begun
  std::uint32_t max_attempts = 0;
  std::uint64_t created_ms = 0;
  std::uint64_t due_ms = 0;     ///< delayed: when it is ready. Leased: when the lease ends.
                                ///< Done, cancelled: when it is forgotten
  std::uint64_t started_ms = 0; ///< its last attempt
  std::uint64_t ended_ms = 0;
  std::string worker;                   ///< of its last attempt, as far as it is known
  std::vector<failed_attempt> attempts; ///< those that failed
  std::uint64_t changes = 0; ///< rises with each change of its state, its lease or its progress;
                             ///< it was put with 1
  std::string progress;      ///< JSON; what its last attempt told of itself; empty: nothing
  std::string params;        ///< JSON; only where one job was asked for
  std::string result;        ///< JSON; done; only where one job was asked for

  friend bool operator==(const job_view&, const job_view&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_view& x) {
  return f(caf::meta::type_name("squall.job_view"), x.id, x.existed, x.queue, x.kind, x.state,
           x.priority, x.attempt, x.max_attempts, x.created_ms, x.due_ms, x.started_ms, x.ended_ms,
           x.worker, x.attempts, x.changes, x.progress, x.params, x.result);
}

/// Which jobs to list, newest first.
struct job_filter {
  std::string queue;        ///< empty: of all
  std::string kind;         ///< empty: of all
  std::uint32_t states = 0; ///< bit 1 << state for each that is wanted; 0: all
  std::uint64_t below = 0;  ///< only those with smaller item numbers: where the last list stopped
  std::uint32_t most = 100;

  friend bool operator==(const job_filter&, const job_filter&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_filter& x) {
  return f(caf::meta::type_name("squall.job_filter"), x.queue, x.kind, x.states, x.below, x.most);
}

} // namespace squall::proto
