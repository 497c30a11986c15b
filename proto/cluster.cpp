#include "proto/cluster.hpp"

#include <algorithm>
#include <random>

namespace squall::proto {

incarnation make_incarnation() {
  static constexpr char digits[] = "0123456789abcdef";
  std::random_device entropy;
  incarnation id(32, '0');
  for (std::size_t i = 0; i < id.size(); i += 8) {
    auto word = entropy();
    for (std::size_t j = 0; j < 8; ++j, word >>= 4)
      id[i + j] = digits[word & 0xF];
  }
  return id;
}

void latency_histogram::add(std::uint64_t us) {
  auto bucket = std::ranges::lower_bound(latency_bounds_us, us);
  ++counts[static_cast<std::size_t>(bucket - latency_bounds_us.begin())];
  sum_seconds += static_cast<double>(us) / 1e6;
}

} // namespace squall::proto
