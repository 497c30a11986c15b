#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace squall::proto {

/// A minute as a clock on the wall shows it, in no matter which time zone.
using local_minutes = std::chrono::local_time<std::chrono::minutes>;

/// When a job that is repeated is due, as crontab(5) writes it: minute, hour, day of the month,
/// month and day of the week, each a list of numbers, ranges and steps. Months and days have
/// English names, Sunday is 0 and 7. When both days are restricted, which is when they do not begin
/// with `*`, one of them is enough. `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are
/// known, too. Pure; knows nothing of time zones.
class cron {
public:
  /// The line, or which field is wrong and why, for people. A line that is never due, as on the
  /// 30th of February, is wrong.
  static std::variant<cron, std::string> parse(std::string_view line);

  /// The first minute behind `after` at which it is due; nothing when there is none within 41
  /// years, in which every date comes on every day of the week.
  std::optional<local_minutes> next(local_minutes after) const;

  /// Whether it may be due in all hours of a day.
  bool every_hour() const noexcept { return hours_ == (1U << 24) - 1; }

private:
  cron() = default;

  std::string read(std::string_view line);
  bool is_due_on(std::chrono::local_days day) const;
  /// The first time on a day, from `from` on, at which it is due.
  std::optional<std::chrono::minutes> time_from(std::chrono::minutes from) const;

  std::uint64_t minutes_ = 0; ///< bit 1 << minute, and so on
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;     ///< of the month, from 1 on
  std::uint64_t months_ = 0;   ///< from 1 on
  std::uint64_t weekdays_ = 0; ///< from Sunday, 0, on
  bool either_day_ = false;    ///< one of the days is enough
};

} // namespace squall::proto
