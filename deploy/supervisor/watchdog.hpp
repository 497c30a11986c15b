#pragma once

#include <algorithm>
#include <chrono>

/// When a process that says nothing any more is taken for one that hangs. Pure: times are
/// arguments.
namespace squall::supervisor {

/// How long one process has said nothing, see `WATCHDOG_USEC` in sd_watchdog_enabled(3).
class watchdog {
public:
  using duration = std::chrono::milliseconds;

  /// \param limit so long it may say nothing; 0: for ever
  explicit watchdog(duration limit = {}) noexcept : limit_(limit) {}

  duration limit() const noexcept { return limit_; }
  /// It is alive.
  void heard() noexcept { silent_ = {}; }
  /// So much time went by. Says once that it was too much.
  bool pass(duration time) noexcept {
    const bool was_over = silent_ >= limit_;
    silent_ += time;
    return limit_.count() > 0 && !was_over && silent_ >= limit_;
  }

private:
  duration limit_;
  duration silent_{0};
};

/// The time in which this process itself ran. While it stood still (SIGSTOP, a machine that is
/// suspended), it could hear nobody, and must take nobody for silent.
class own_time {
public:
  using clock = std::chrono::steady_clock;
  using duration = std::chrono::milliseconds;

  /// \param interval between two looks, when nothing holds this process up
  own_time(duration interval, clock::time_point now) noexcept : interval_(interval), last_(now) {}

  /// What went by since the last look: two intervals at most, however late this one is.
  duration pass(clock::time_point now) noexcept {
    const auto since = std::chrono::duration_cast<duration>(now - last_);
    last_ = now;
    return std::min(since, 2 * interval_);
  }

private:
  duration interval_;
  clock::time_point last_;
};

} // namespace squall::supervisor
