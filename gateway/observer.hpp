#pragma once

#include "proto/cluster.hpp"
#include "proto/queue.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace squall::gateway {

/// Hears once a second what the router and the queues have to do. Called on a thread of its own.
using load_listener = std::function<void(const proto::router_status& calls,
                                         const std::vector<proto::queue_stats>& queues)>;

/// What a gateway tells whoever runs it. Any of them may be empty. But for `load`, called on
/// the gateway's own threads, never two at a time.
struct observer {
  std::function<void(const std::string& about)> ready;   ///< clients are let in
  std::function<void(const std::string& about)> changed; ///< what is to be said of it now
  /// A round through every io thread and the router has come back.
  std::function<void()> alive;
  std::chrono::milliseconds alive_every{0}; ///< between two such rounds; 0: none is wanted
  load_listener load{};

  /// Whether any but `load` is there.
  explicit operator bool() const noexcept { return ready || changed || alive; }
};

} // namespace squall::gateway
