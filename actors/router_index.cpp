#include "actors/router_index.hpp"

#include <bit>
#include <utility>

namespace squall::actors {

std::optional<std::uint32_t> router_index::find(std::uint64_t key) const noexcept {
  const auto& found = cells_[locate(key)];
  if (found.key != key || key == 0) return std::nullopt;
  return found.value;
}

void router_index::add(std::uint64_t key, std::uint32_t value) {
  if ((size_ + 1) * 2 > cells_.size()) grow();
  cells_[locate(key)] = {key, value};
  ++size_;
}

void router_index::erase(std::uint64_t key) noexcept {
  auto hole = locate(key);
  if (cells_[hole].key != key || key == 0) return;
  // Knuth, TAOCP 3, 6.4, algorithm R: move up what would not be found any more.
  for (auto i = next(hole); cells_[i].key != 0; i = next(i)) {
    const auto mask = cells_.size() - 1;
    if (((i - home(cells_[i].key)) & mask) < ((i - hole) & mask)) continue;
    cells_[hole] = cells_[i];
    hole = i;
  }
  cells_[hole] = {};
  --size_;
}

std::size_t router_index::home(std::uint64_t key) const noexcept {
  // Fibonacci hashing: keys are counters, the upper bits of the product are well spread.
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;
  return static_cast<std::size_t>((key * golden) >> (64 - std::countr_zero(cells_.size())));
}

std::size_t router_index::locate(std::uint64_t key) const noexcept {
  auto i = home(key);
  while (cells_[i].key != key && cells_[i].key != 0)
    i = next(i);
  return i;
}

void router_index::grow() {
  auto old = std::exchange(cells_, std::vector<cell>(cells_.size() * 2));
  for (const auto& each : old)
    if (each.key != 0) cells_[locate(each.key)] = each;
}

} // namespace squall::actors
