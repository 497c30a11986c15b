#pragma once

#include "actors/schedules/scheduler_core.hpp"
#include "actors/waiting_drains.hpp"
#include "proto/messages.hpp"
#include "proto/scheduler.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>

namespace squall::actors {

/// The actor around `scheduler_core`: an asker of the broker, one message a turn. Never blocks.
/// Owned by the gateway, which sends it its exit before that of the broker: what it has leased goes
/// back then.
class scheduler_state {
public:
  static inline const char* name = "squall.scheduler";

  using pointer = proto::scheduler_actor::stateful_pointer<scheduler_state>;

  explicit scheduler_state(pointer self) : self_{self} {}

  proto::scheduler_actor::behavior_type make_behavior(proto::broker_port broker);

private:
  void on_answers(proto::queue_answers& batch);
  caf::result<bool> on_drain(std::chrono::milliseconds within);
  void on_tick();

  void finish_turn();

  pointer self_;
  proto::broker_port broker_;
  scheduler_core core_;
  waiting_drains drains_;
  bool tick_coming_ = false; ///< one to take the core's next look
};

/// Starts the scheduler of a gateway.
proto::scheduler_actor scheduler(caf::actor_system& system, proto::broker_port broker);

} // namespace squall::actors
