#include "deploy/cli/bench/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace squall::cli::bench {

namespace {

constexpr unsigned sub_bits = 7;
constexpr std::uint64_t sub_buckets = 1U << sub_bits; // of each power of two

} // namespace

histogram::histogram() : buckets_((64 - sub_bits + 1) * sub_buckets) {}

double histogram::mean() const noexcept {
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

std::uint64_t histogram::percentile(double share) const noexcept {
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t index = 0; index < buckets_.size(); ++index) {
    seen += buckets_[index];
    if (seen >= wanted) return std::min(upper_bound_of(index), max_);
  }
  return max_;
}

void histogram::clear() noexcept {
  std::fill(buckets_.begin(), buckets_.end(), 0);
  count_ = 0;
  max_ = 0;
  sum_ = 0;
}

std::size_t histogram::index_of(std::uint64_t value) noexcept {
  if (value < sub_buckets) return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
  return (shift + 1) * sub_buckets + ((value >> shift) - sub_buckets);
}

std::uint64_t histogram::upper_bound_of(std::size_t index) noexcept {
  if (index < sub_buckets) return index;
  const auto shift = index / sub_buckets - 1;
  const auto base = index % sub_buckets + sub_buckets;
  return (base << shift) + ((std::uint64_t{1} << shift) - 1);
}

} // namespace squall::cli::bench
