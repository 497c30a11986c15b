#pragma once

#include <caf/meta/type_name.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::proto {

/// Names one job everywhere and for ever: a UUID of version 7 (RFC 9562, 5.7). Ids of later
/// milliseconds sort behind earlier ones. The lowest 40 bits are the job's item number in its store
/// (a counter, as RFC 9562, 6.2 allows), so that a store finds it without an index; 34 bits are
/// random, so that ids cannot be guessed one from another.
struct job_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): takes the 0 inside a defaulted <=> for a pointer
  friend auto operator<=>(const job_id&, const job_id&) = default;
  /// False for the id of no job.
  explicit operator bool() const noexcept { return high != 0 || low != 0; }
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_id& x) {
  return f(caf::meta::type_name("squall.job_id"), x.high, x.low);
}

/// Most items that a store can number.
inline constexpr std::uint64_t last_job_item = (std::uint64_t{1} << 40) - 1;
/// How many of the bits given to `make_job_id` it uses.
inline constexpr unsigned job_id_random_bits = 34;

/// The id of a job that was put at `unix_ms` as item `item`, with some of `random`'s bits.
job_id make_job_id(std::uint64_t unix_ms, std::uint64_t random, std::uint64_t item) noexcept;
/// What `make_job_id` was given.
std::uint64_t time_of(const job_id& id) noexcept;
std::uint64_t random_of(const job_id& id) noexcept;
std::uint64_t item_of(const job_id& id) noexcept;

/// In the usual form: 8-4-4-4-12 lowercase hexadecimal digits.
std::string to_text(const job_id& id);
/// Nothing when `text` is not a UUID of version 7 in that form; capital digits are taken too.
std::optional<job_id> job_id_of(std::string_view text) noexcept;

} // namespace squall::proto
