#pragma once

#include "actors/agent.hpp"
#include "workers/event_loop.hpp"
#include "workers/registry.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
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

/// Most slots of one pool.
inline constexpr std::uint32_t most_slots = 100'000;

/// Reads "KIND=N" or "KIND=auto"; "KIND" alone means auto: a slot per core for kinds that compute,
/// 1,000 for kinds that wait. Throws `std::invalid_argument` with a text for people; that about an
/// unknown kind names the known ones.
pool_order parse_pool(std::string_view text, const registry& kinds);

/// Reads several; a kind given twice is an error.
std::vector<pool_order> parse_pools(const std::vector<std::string>& texts, const registry& kinds);

/// Who this process is, with a new incarnation id. An empty name becomes "HOST-PID".
proto::worker_info describe_process(std::string name, bool local);

/// Starts the agent for these pools, in a worker process and in a gateway (`who.local`) alike. The
/// caller owns it and sends it its exit. `loop` must outlive the agent; stop it after the agent
/// ended and before `system` goes.
proto::local_agent_actor start_agent(caf::actor_system& system, proto::worker_info who,
                                     const std::vector<pool_order>& pools, const registry& kinds,
                                     event_loop& loop);

} // namespace squall::workers
