#include "proto/due_times.hpp"

#include <algorithm>
#include <utility>

namespace squall::proto {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::sys_seconds;

constexpr std::uint64_t minute_ms = 60'000;

local_minutes shown(sys_seconds time, std::chrono::seconds offset) {
  return std::chrono::floor<minutes>(std::chrono::local_seconds{time.time_since_epoch() + offset});
}

} // namespace

std::variant<due_times, std::string> due_times::by_cron(std::string_view line,
                                                        std::string_view zone) {
  auto parsed = cron::parse(line);
  if (const auto* wrong = std::get_if<std::string>(&parsed)) return "cron: " + *wrong;
  const auto found = time_zone::find(zone);
  if (!found)
    return R"(time_zone: the name of a time zone is needed, such as "UTC" or "Europe/Berlin")";
  return due_times{0, std::get<cron>(parsed), *found};
}

due_times due_times::every(std::uint64_t period_ms) {
  return {period_ms, std::nullopt, {}};
}

std::optional<std::uint64_t> due_times::next(std::uint64_t after) const {
  if (!line_) return after / period_ms_ * period_ms_ + period_ms_;
  const auto moment = std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<milliseconds>{milliseconds{after}});
  const auto found = line_->every_hour() ? next_by_real_time(moment) : next_moment(moment);
  if (!found) return std::nullopt;
  return static_cast<std::uint64_t>(milliseconds{found->time_since_epoch()}.count());
}

std::optional<sys_seconds> due_times::next_moment(sys_seconds after) const {
  auto local = std::optional{shown(after, zone_.at(after).offset)};
  while ((local = line_->next(*local))) {
    // Clocks that were set back show times again that were due before.
    if (const auto found = zone_.first(*local); found > after) return found;
  }
  return std::nullopt;
}

/// As crontab(5) has it, what is due in every hour is so in each that passes, whatever clocks show.
std::optional<sys_seconds> due_times::next_by_real_time(sys_seconds after) const {
  auto from = after;
  auto span = zone_.at(from);
  while (const auto local = line_->next(shown(from, span.offset))) {
    const auto found = sys_seconds{local->time_since_epoch()} - span.offset;
    if (found < span.end) return found;
    from = span.end - std::chrono::seconds{1};
    span = zone_.at(span.end);
  }
  return std::nullopt;
}

std::uint64_t due_times::latest(std::uint64_t from, std::uint64_t now) const {
  auto found = from;
  // Ever further back from `now` until there is one; few are between it and `now` then.
  for (auto back = minute_ms; from < now; back *= 2) {
    const auto start = now - std::min(back, now - from);
    auto due = next(start);
    if (due && *due <= now) {
      for (; due && *due <= now; due = next(*due))
        found = *due;
      break;
    }
    if (start == from) break;
  }
  return found;
}

std::uint64_t due_times::grace_ms() const noexcept {
  return line_ ? minute_ms : std::clamp<std::uint64_t>(period_ms_, 1'000, minute_ms);
}

} // namespace squall::proto
