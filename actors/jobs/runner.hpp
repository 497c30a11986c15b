#pragma once

#include "actors/jobs/runner_core.hpp"
#include "actors/next_tick.hpp"
#include "actors/waiting_drains.hpp"
#include "proto/messages.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <optional>

namespace squall::actors {

/// How a runner is started.
struct runner_options {
  runner_limits limits;
  proto::router_actor router;
  proto::broker_port broker;
};

/// The actor around `runner_core`: one message to the router and one to the broker a turn. To the
/// router it is one more bridge. Never blocks. Owned by the gateway, which sends it its exit before
/// those of router and broker: they then cancel its calls and take its jobs back.
class runner_state {
public:
  static inline const char* name = "squall.runner";

  using pointer = proto::runner_actor::stateful_pointer<runner_state>;

  explicit runner_state(pointer self) : self_{self} {}

  proto::runner_actor::behavior_type make_behavior(runner_options options);

private:
  using time_point = runner_core::time_point;

  void attach();
  void on_answers(proto::queue_answers& batch);
  void on_tick();
  caf::result<bool> on_drain(std::chrono::milliseconds within);

  void finish_turn();
  void schedule_tick(time_point now);

  pointer self_;
  proto::router_actor router_;
  proto::broker_port broker_;
  std::optional<runner_core> core_; ///< set by `make_behavior`
  waiting_drains drains_;
  next_tick tick_;
};

/// Starts the runner of a gateway.
proto::runner_actor runner(caf::actor_system& system, runner_options options);

} // namespace squall::actors
