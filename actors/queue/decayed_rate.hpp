#pragma once

#include <cmath>
#include <cstdint>

namespace squall::actors {

/// How many a second there were lately: an average in which an event weighs e^-(age / 10 s).
class decayed_rate {
public:
  static constexpr double seconds = 10;

  decayed_rate() = default;
  decayed_rate(double value, std::uint64_t since_ms) : value_{value}, since_ms_{since_ms} {}

  /// `now_ms` never goes back.
  void add(std::uint64_t count, std::uint64_t now_ms) noexcept {
    value_ = at(now_ms) + static_cast<double>(count) / seconds;
    since_ms_ = now_ms;
  }
  /// Events a second.
  double at(std::uint64_t now_ms) const noexcept {
    if (value_ == 0) return 0;
    return value_ * std::exp(-static_cast<double>(now_ms - since_ms_) / (seconds * 1'000));
  }

private:
  double value_ = 0;
  std::uint64_t since_ms_ = 0;
};

} // namespace squall::actors
