#pragma once

#include "proto/messages.hpp"

#include <caf/fwd.hpp>

namespace squall::gateway {

/// The pools of a gateway's own process. Which kinds there are is no business of a gateway: the
/// program that knows both implements this.
class local_pools {
public:
  virtual ~local_pools() = default;
  /// Has the pools work for `router`. Called once, before clients are let in.
  virtual void start(caf::actor_system& system, const proto::router_port& router) = 0;
  /// Ends the pools. Called once, when no call is left.
  virtual void stop() = 0;
};

} // namespace squall::gateway
