#pragma once

#include "gateway/observer.hpp"
#include "proto/interfaces.hpp"

#include <caf/fwd.hpp>

#include <thread>

namespace squall::gateway {

/// Tells once a second what work a gateway has. Looks at the queues' books as often, or so seldom
/// that the broker spends no more than a fiftieth of its time on it. Has a thread of its own, from
/// construction to destruction; router and broker outlive it.
class load_watch {
public:
  load_watch(caf::actor_system& system, proto::router_actor router, proto::broker_port broker,
             load_listener tell);

private:
  class work;

  std::jthread thread_;
};

} // namespace squall::gateway
