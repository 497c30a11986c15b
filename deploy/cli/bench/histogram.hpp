#pragma once

#include <cstdint>
#include <vector>

namespace squall::cli::bench {

/// Counts values in log-linear buckets, as HdrHistogram does (hdrhistogram.org): exact below 128,
/// and within 1/128 of the value above. Covers every 64-bit value in 60 KB. One thread.
class histogram {
public:
  histogram();

  void add(std::uint64_t value) noexcept {
    ++buckets_[index_of(value)];
    ++count_;
    sum_ += static_cast<double>(value);
    if (value > max_) max_ = value;
  }

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }
  double mean() const noexcept;
  /// The smallest bucket bound that at least the part `share` (0 to 1) of all values does not
  /// exceed; never above `max()`. 0 when nothing was counted.
  std::uint64_t percentile(double share) const noexcept;
  void clear() noexcept;

private:
  static std::size_t index_of(std::uint64_t value) noexcept;
  static std::uint64_t upper_bound_of(std::size_t index) noexcept;

  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

} // namespace squall::cli::bench
