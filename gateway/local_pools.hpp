#pragma once

#include "proto/messages.hpp"

#include <caf/fwd.hpp>

#include <chrono>

namespace squall::gateway {

/// The pools of a gateway's own process. Which kinds there are is no business of a gateway: the
/// program that knows both implements this.
class local_pools {
public:
  virtual ~local_pools() = default;
  /// Has the pools work for `router`. Called once, before clients are let in.
  virtual void start(caf::actor_system& system, const proto::router_port& router) = 0;
  /// Has the pools take no item of a queue any more, and finish those they have. Blocks until they
  /// have, or `within` has passed. Calls are the router's to drain.
  virtual void drain(std::chrono::milliseconds within) = 0;
  /// Ends the pools. Called once, when no call is left.
  virtual void stop() = 0;
};

} // namespace squall::gateway
