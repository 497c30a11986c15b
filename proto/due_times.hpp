#pragma once

#include "proto/cron.hpp"
#include "proto/time_zone.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace squall::proto {

/// When a repeated job is due: by a line of cron in a time zone, or every so many milliseconds of
/// Unix time, which is the same for every gateway and does not move when a schedule is set again.
/// All times are Unix times in milliseconds. Pure, but for the system's time zones.
class due_times {
public:
  /// The due times, or what is wrong with the line (`cron: ...`) or the zone (`time_zone: ...`).
  static std::variant<due_times, std::string> by_cron(std::string_view line, std::string_view zone);
  static due_times every(std::uint64_t period_ms);

  /// The first one behind `after`; nothing when there is none any more.
  std::optional<std::uint64_t> next(std::uint64_t after) const;
  /// The last one of those from `from`, which is one, up to `now`.
  std::uint64_t latest(std::uint64_t from, std::uint64_t now) const;
  /// How late one may be and still count as if it were in time.
  std::uint64_t grace_ms() const noexcept;

private:
  due_times(std::uint64_t period_ms, std::optional<cron> line, time_zone zone)
      : period_ms_{period_ms}, line_{line}, zone_{zone} {}

  std::optional<std::chrono::sys_seconds> next_moment(std::chrono::sys_seconds after) const;
  std::optional<std::chrono::sys_seconds> next_by_real_time(std::chrono::sys_seconds after) const;

  std::uint64_t period_ms_ = 0; ///< 0: by `line_`
  std::optional<cron> line_;
  time_zone zone_;
};

} // namespace squall::proto
