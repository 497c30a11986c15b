#pragma once

#include <chrono>
#include <cstdint>

namespace squall::actors {

/// What a pool has to do at one moment.
struct pool_load {
  std::uint32_t slots = 0;
  std::uint32_t busy = 0;   ///< slots that run a call
  std::uint32_t stuck = 0;  ///< of these: with a call that runs long already
  std::uint32_t queued = 0; ///< calls that wait for a slot
  double mean_us = 0;       ///< moving average of run times; 0: no call has ended yet
  bool cpu_bound = true;
};

/// Windows are granted ahead of free slots by as much work as this per slot, so that a slot has
/// something to do while answers and new calls are on their way between processes.
inline constexpr std::chrono::microseconds grant_ahead{2'000};

/// Most calls granted ahead to one slot.
inline constexpr std::uint32_t most_ahead = 4'096;

/// Calls that the pool should have, running and queued together. For kinds that wait rather than
/// compute it is the slots; a slot with a long call gets nothing ahead of itself.
std::uint32_t capacity(const pool_load& load) noexcept;

/// How many calls a gateway may have there: those that it has, and its share of what is free.
std::uint32_t window(const pool_load& load, std::uint32_t own, std::uint32_t gateways) noexcept;

/// Whether a window is worth telling, after `told`.
bool noticeable(std::uint32_t told, std::uint32_t now) noexcept;

} // namespace squall::actors
