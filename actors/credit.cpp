#include "actors/credit.hpp"

#include <algorithm>

namespace squall::actors {

std::uint32_t capacity(const pool_load& load) noexcept {
  if (!load.cpu_bound || load.mean_us <= 0) return load.slots;
  auto ahead = static_cast<double>(grant_ahead.count()) / load.mean_us;
  auto per_slot = static_cast<std::uint32_t>(std::clamp(ahead, 1.0, double{most_ahead}));
  auto stuck = std::min(load.stuck, load.slots);
  return stuck + (load.slots - stuck) * per_slot;
}

std::uint32_t window(const pool_load& load, std::uint32_t own, std::uint32_t gateways) noexcept {
  auto limit = capacity(load);
  auto used = load.busy + load.queued;
  if (gateways == 0 || used >= limit) return own;
  return own + (limit - used + gateways - 1) / gateways;
}

bool noticeable(std::uint32_t told, std::uint32_t now) noexcept {
  constexpr std::uint32_t small = 8;
  if (told == now) return false;
  if (std::min(told, now) <= small) return true;
  return (told > now ? told - now : now - told) > told / 4;
}

} // namespace squall::actors
