#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace squall::actors {

/// Watches the deadlines of numbered entries with a precision of 10 ms: a hashed timing wheel
/// (Varghese and Lauck 1987, scheme 6). Adding and erasing take constant time and, once it has
/// grown, no memory: nearly every call is answered long before its deadline. Not thread-safe.
class router_deadlines {
public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds step{10};

  /// `entry` must not be watched yet.
  void add(std::uint32_t entry, time_point deadline);
  /// Does nothing when `entry` is not watched.
  void erase(std::uint32_t entry);
  /// Takes out the entries whose deadline is `now` or earlier and appends them to `due`.
  void expire(time_point now, std::vector<std::uint32_t>& due);
  bool empty() const noexcept { return size_ == 0; }

private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t buckets = 4'096; ///< one turn of the wheel is 41 s

  struct link {
    time_point deadline;
    std::uint32_t previous = none;
    std::uint32_t next = none;
    std::uint32_t bucket = none; ///< `none`: not watched
  };

  static std::int64_t tick_of(time_point time) noexcept { return time.time_since_epoch() / step; }

  std::vector<link> links_;
  std::vector<std::uint32_t> heads_ = std::vector<std::uint32_t>(buckets, none);
  std::int64_t reached_ = 0; ///< the tick that the last `expire` came to
  std::size_t size_ = 0;
};

} // namespace squall::actors
