#include "deploy/supervisor/autoscale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace squall::supervisor {

namespace {

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string in_ms(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

bool is_enough(const demand& of, std::uint32_t processes, const manifest::scaling& limits) {
  return waiting_seconds(of, processes) <= seconds(limits.target_waiting) &&
         utilisation(of, processes) <= most_utilisation;
}

std::string percent_busy(std::span<const demand> all, std::uint32_t processes) {
  return std::to_string(std::llround(measure_of(all, processes).busy * 100)) +
         "% of its slots are busy";
}

/// Why so many are not enough.
std::string shortage(std::span<const demand> all, std::uint32_t processes,
                     const manifest::scaling& limits) {
  const auto now = measure_of(all, processes);
  if (!now.waiting)
    return std::to_string(std::llround(now.backlog)) + " waiting, and none has ended yet";
  if (*now.waiting <= limits.target_waiting && now.busy > most_utilisation)
    return percent_busy(all, processes);
  return "about " + in_ms(*now.waiting) + " of waiting, " + in_ms(limits.target_waiting) +
         " wanted";
}

} // namespace

double waiting_seconds(const demand& of, std::uint32_t processes) {
  const auto slots = of.slots * processes;
  const auto without = of.busy + of.backlog - slots;
  if (of.backlog <= 0 || without <= 0) return 0;
  if (!of.run_seconds || slots <= 0) return std::numeric_limits<double>::infinity();
  return without * *of.run_seconds / slots;
}

double utilisation(const demand& of, std::uint32_t processes) {
  const auto slots = of.slots * processes;
  return slots > 0 ? of.busy / slots : 0;
}

measure measure_of(std::span<const demand> all, std::uint32_t processes) {
  measure now;
  double longest = 0;
  for (const auto& each : all) {
    longest = std::max(longest, waiting_seconds(each, processes));
    now.backlog += each.backlog;
    now.busy = std::max(now.busy, std::min(utilisation(each, processes), 1.0));
  }
  if (!std::isinf(longest)) now.waiting = std::chrono::milliseconds(std::llround(longest * 1'000));
  return now;
}

std::uint32_t enough_for(std::span<const demand> all, const manifest::scaling& limits) {
  for (auto processes = limits.min; processes < limits.max; ++processes)
    if (std::ranges::all_of(all,
                            [&](const demand& each) { return is_enough(each, processes, limits); }))
      return processes;
  return limits.max;
}

std::optional<scale_step> autoscaler::next(std::span<const demand> all,
                                           const manifest::scaling& limits, std::uint32_t processes,
                                           std::uint32_t ready, time_point now) {
  const auto enough = enough_for(all, limits);
  if (enough >= processes) lower_since_.reset();
  if (ready < processes) {
    if (!unready_since_) unready_since_ = now;
    if (enough <= processes || now - *unready_since_ < start_patience) return std::nullopt;
  } else {
    unready_since_.reset();
  }
  if (enough > processes) return up(all, limits, processes, enough, now);
  if (enough == processes) return std::nullopt;
  if (!lower_since_) lower_since_ = now;
  const auto pause = std::min(down_pause, limits.down_after / 2);
  if (now - *lower_since_ < limits.down_after) return std::nullopt;
  if (down_at_ && now - *down_at_ < pause) return std::nullopt;
  down_at_ = now;
  return scale_step{processes - 1, percent_busy(all, processes)};
}

std::optional<scale_step> autoscaler::up(std::span<const demand> all,
                                         const manifest::scaling& limits, std::uint32_t processes,
                                         std::uint32_t enough, time_point now) {
  if (up_at_ && now - *up_at_ < up_pause) return std::nullopt;
  up_at_ = now;
  if (unready_since_) unready_since_ = now;
  const auto most = std::max(2 * processes, limits.min);
  return scale_step{std::min(enough, most), shortage(all, processes, limits)};
}

} // namespace squall::supervisor
