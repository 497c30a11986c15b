#pragma once

#include "actors/pool.hpp"
#include "workers/event_loop.hpp"
#include "workers/registry.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::workers {

/// A pool as a user orders it.
struct pool_order {
  std::string kind;
  std::uint32_t slots = 1;

  friend bool operator==(const pool_order&, const pool_order&) = default;
};

/// Most slots of one pool: each is a thread when its kind computes.
inline constexpr std::uint32_t most_slots = 100'000;
inline constexpr std::uint32_t most_threads = 1'024;
std::uint32_t most_slots_of(const kind& which);

/// Reads "KIND=N" or "KIND=auto"; "KIND" alone means auto: a slot per core for kinds that compute,
/// 1,000 for kinds that wait. Throws `std::invalid_argument` with a text for people; that about an
/// unknown kind names the known ones.
pool_order parse_pool(std::string_view text, const registry& kinds);

/// Reads several; a kind given twice is an error.
std::vector<pool_order> parse_pools(const std::vector<std::string>& texts, const registry& kinds);

/// The kind of this name. Throws `std::invalid_argument` with a text that names the known ones.
const kind& known_kind(std::string_view name, const registry& kinds);

/// Reads a number of slots for a pool of this kind, or "auto"; nothing when it is neither.
std::optional<std::uint32_t> parse_slots(std::string_view text, const kind& of);

/// Who this process is, with a new incarnation id. An empty name becomes "HOST-PID".
proto::worker_info describe_process(std::string name, bool local);

/// A pool of so many slots for `from`. `loop` must outlive whoever runs it.
actors::pool_spec make_pool_spec(const kind& from, std::uint32_t slots, event_loop& loop);

} // namespace squall::workers
