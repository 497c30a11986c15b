#pragma once

#include "proto/messages.hpp"

#include <caf/actor_system.hpp>

namespace squall::actors {

/// Answer to a greeting. A refusal names both versions and the side to upgrade.
proto::welcome answer_greeting(const proto::greeting& greeting);

/// Starts the actor that a gateway publishes on its cluster port: it lets workers of our version
/// in to `router`. Owned by the gateway, which sends it its exit.
proto::door_actor door(caf::actor_system& system, proto::router_port router);

} // namespace squall::actors
