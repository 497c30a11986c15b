#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

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
  void heard() noexcept { heard_ = true; }
  /// So much time went by. Says once that it was too much. One that was heard meanwhile, or began
  /// meanwhile, is charged nothing of it: nobody knows how much of it was behind that.
  bool pass(duration time) noexcept {
    if (std::exchange(heard_, false)) {
      silent_ = {};
      return false;
    }
    const bool was_over = silent_ >= limit_;
    silent_ += time;
    return limit_.count() > 0 && !was_over && silent_ >= limit_;
  }

private:
  duration limit_;
  duration silent_{0};
  bool heard_ = true;
};

/// The time in which this process itself ran. While it stood still (SIGSTOP, a machine that is
/// suspended), it could hear nobody, and must take nobody for silent.
class own_time {
public:
  using clock = std::chrono::steady_clock;
  using duration = std::chrono::milliseconds;

  explicit own_time(clock::time_point now) noexcept : last_(now) {}

  /// What went by since the last look: two intervals at most, however late this one is.
  /// \param interval between those two, when nothing holds this process up
  duration pass(clock::time_point now, duration interval) noexcept {
    const auto since = std::chrono::duration_cast<duration>(now - last_);
    last_ = now;
    return std::min(since, 2 * interval);
  }

private:
  clock::time_point last_;
};

} // namespace squall::supervisor
