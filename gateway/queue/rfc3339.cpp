#include "gateway/queue/rfc3339.hpp"

#include <array>
#include <chrono>
#include <ctime>

namespace squall::gateway {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using time_point = std::chrono::sys_time<milliseconds>;

/// Takes what it knows from the front of a text.
class reader {
public:
  explicit reader(std::string_view text) noexcept : rest_{text} {}

  bool at_end() const noexcept { return rest_.empty(); }

  /// A letter in either case, as RFC 3339 (5.6) has `T` and `Z`, or another character.
  bool eat(char upper) noexcept {
    if (rest_.empty()) return false;
    const auto lower = upper >= 'A' && upper <= 'Z' ? static_cast<char>(upper + 32) : upper;
    if (rest_.front() != upper && rest_.front() != lower) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly so many digits, and no number above `most`.
  bool number(std::size_t digits, int most, int& out) noexcept {
    out = 0;
    for (; digits > 0; --digits) {
      const auto value = digit();
      if (value < 0) return false;
      out = out * 10 + value;
    }
    return out <= most;
  }

  /// At least one digit behind the point.
  bool fraction(milliseconds& out) noexcept {
    auto value = digit();
    if (value < 0) return false;
    for (auto unit = 100; value >= 0; value = digit(), unit /= 10)
      out += milliseconds{value * unit};
    return true;
  }

private:
  /// The next one, or -1.
  int digit() noexcept {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return -1;
    const auto value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
};

bool read_date(reader& from, sys_days& out) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!from.number(4, 9'999, year) || !from.eat('-') || !from.number(2, 12, month) ||
      !from.eat('-') || !from.number(2, 31, day))
    return false;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  out = date;
  return date.ok();
}

bool read_clock(reader& from, milliseconds& out, bool& leap) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!from.number(2, 23, hour) || !from.eat(':') || !from.number(2, 59, minute) ||
      !from.eat(':') || !from.number(2, 60, second))
    return false;
  leap = second == 60;
  out = hours{hour} + minutes{minute} + seconds{second};
  return !from.eat('.') || from.fraction(out);
}

/// How far the clock is ahead of UTC.
bool read_offset(reader& from, minutes& out) {
  out = minutes{0};
  if (from.eat('Z')) return true;
  const bool behind = from.eat('-');
  int hour = 0;
  int minute = 0;
  if ((!behind && !from.eat('+')) || !from.number(2, 23, hour) || !from.eat(':') ||
      !from.number(2, 59, minute))
    return false;
  out = hours{hour} + minutes{minute};
  if (behind) out = -out;
  return true;
}

/// Whether the second before it is the last of a month.
bool begins_month(time_point when) {
  const auto second = std::chrono::floor<seconds>(when);
  const auto day = std::chrono::floor<days>(second);
  return second == day && std::chrono::year_month_day{day}.day() == std::chrono::day{1};
}

constexpr std::uint64_t ms_per_day = 86'400'000;
constexpr std::uint64_t last_day = 2'932'896; ///< 9999-12-31

/// So many digits, and what follows them.
char* put(char* to, int digits, std::uint32_t number, char next) noexcept {
  for (auto* at = to + digits; at != to; number /= 10)
    *--at = static_cast<char>('0' + number % 10);
  to += digits;
  *to++ = next;
  return to;
}

/// Years of more than four digits, which RFC 3339 does not have.
void append_far(std::string& out, std::uint64_t unix_ms) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text;
  out.append(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts));
  const auto millis = std::to_string(unix_ms % 1'000 + 1'000);
  out.append(millis, 1).append("Z");
}

} // namespace

std::optional<std::int64_t> read_time(std::string_view text) {
  reader from{text};
  sys_days date;
  milliseconds clock{0};
  minutes offset{0};
  bool leap = false;
  if (!read_date(from, date) || !from.eat('T') || !read_clock(from, clock, leap) ||
      !read_offset(from, offset) || !from.at_end())
    return std::nullopt;
  const time_point when = date + clock - offset;
  if (leap && !begins_month(when)) return std::nullopt;
  return when.time_since_epoch().count();
}

void append_time(std::string& out, std::uint64_t unix_ms) {
  // By hand: each job that is told of has four of them, and `strftime` takes longer than the rest.
  const auto day = unix_ms / ms_per_day;
  if (day > last_day) return append_far(out, unix_ms);
  const std::chrono::year_month_day date{sys_days{days{static_cast<int>(day)}}};
  const auto ms = static_cast<std::uint32_t>(unix_ms % ms_per_day);
  std::array<char, 24> text;
  auto* to = put(text.data(), 4, static_cast<std::uint32_t>(static_cast<int>(date.year())), '-');
  to = put(to, 2, static_cast<unsigned>(date.month()), '-');
  to = put(to, 2, static_cast<unsigned>(date.day()), 'T');
  to = put(to, 2, ms / 3'600'000, ':');
  to = put(to, 2, ms / 60'000 % 60, ':');
  to = put(to, 2, ms / 1'000 % 60, '.');
  put(to, 3, ms % 1'000, 'Z');
  out.append(text.data(), text.size());
}

} // namespace squall::gateway
