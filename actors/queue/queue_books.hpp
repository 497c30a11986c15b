#pragma once

#include "actors/queue/decayed_rate.hpp"
#include "actors/queue/store.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace squall::actors {

using proto::item_state;

/// Whether a removal takes items in this state with it.
constexpr bool is_meant(removal what, item_state state) noexcept {
  switch (what) {
  case removal::waiting:
    return state == item_state::ready || state == item_state::delayed;
  case removal::dead:
    return state == item_state::dead;
  case removal::queue:
    break;
  }
  return true;
}

/// What a store counts of one queue.
struct queue_books {
  std::array<std::uint64_t, proto::item_states> items{}; ///< by state
  std::uint64_t bytes = 0;                               ///< of all items' bodies and results
  std::uint64_t total_put = 0;
  std::uint64_t total_leased = 0;
  std::uint64_t total_acked = 0;
  std::uint64_t total_nacked = 0;
  std::uint64_t total_expired = 0;
  decayed_rate put_rate;
  decayed_rate ack_rate;

  std::uint64_t& in(item_state state) noexcept { return items[static_cast<std::size_t>(state)]; }
  std::uint64_t in(item_state state) const noexcept {
    return items[static_cast<std::size_t>(state)];
  }
  /// Whether `more` items fit now.
  bool has_room(std::uint32_t maxsize, std::size_t more) const noexcept {
    return maxsize == 0 || in(item_state::ready) + more <= maxsize;
  }
  /// How many of `most` may be leased now.
  std::uint32_t may_run(std::uint32_t max_running, std::uint32_t most) const noexcept;
  void count_put(std::size_t count, unix_ms now) noexcept;
  void count_ack(unix_ms now) noexcept;
  /// Writes all but the queue's name and settings. `oldest`: when the oldest ready item was put.
  void fill(proto::queue_stats& out, std::optional<unix_ms> oldest, unix_ms now) const noexcept;
};

} // namespace squall::actors
