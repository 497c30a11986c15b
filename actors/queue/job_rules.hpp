#pragma once

#include "actors/queue/store.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace squall::actors {

/// How long an `idempotency_key` stands for its job.
inline constexpr unix_ms job_key_ms = 86'400'000;
/// A list of jobs looks at so many at most before it ends early, so that no turn is long,
inline constexpr std::size_t most_listed = 4'096;
/// and ends early, too, behind so many bytes of errors.
inline constexpr std::size_t most_list_bytes = 8 << 20;

inline constexpr const char* lease_ran_out = "the lease ran out";
inline constexpr const char* not_begun_in_time = "it was not begun within its time to live";

/// Whether these are jobs; items that are put together all are or none is.
inline bool are_jobs(std::span<const proto::new_item> items) noexcept {
  return !items.empty() && !items.front().job.kind.empty();
}

/// False when two of these use one idempotency key for different jobs.
bool keys_agree(std::span<const proto::new_item> items);

/// When a job that was put and that ended then is forgotten.
inline unix_ms kept_until(unix_ms put_at, unix_ms ended, unix_ms result_ttl_ms,
                          bool has_key) noexcept {
  return std::max(ended + result_ttl_ms, has_key ? put_at + job_key_ms : 0);
}

/// When something happens by itself to an item that gets into state `to`, for which `due` is told.
/// `expires`: when it is dead unless it is begun. 0: never.
inline unix_ms next_time(proto::item_state to, unix_ms due, unix_ms expires) noexcept {
  if (to == proto::item_state::ready) return expires;
  return to == proto::item_state::delayed && expires > 0 ? std::min(due, expires) : due;
}

inline std::uint32_t most_attempts(std::uint32_t of_job,
                                   const proto::queue_settings& settings) noexcept {
  return of_job > 0 ? of_job : settings.max_attempts;
}

/// Bytes that a job in a list counts.
std::size_t listed_bytes(const proto::job_view& job) noexcept;

} // namespace squall::actors
