#pragma once

#include "actors/router_core.hpp"
#include "proto/messages.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace squall::actors {

/// How a router is started.
struct router_options {
  proto::incarnation gateway; ///< told to the workers that join
  router_limits limits;
  /// Kinds that are known from the start, before a worker offers them.
  std::vector<std::string> expected = {};
  proto::broker_port broker = {}; ///< of the gateway's queues; told to the workers that join
};

/// The actor around `router_core`: turns messages into its operations and sends what they yield,
/// one message per worker, bridge and turn. Never blocks, does no I/O. Owned by the gateway, which
/// sends it its exit.
class router_state {
public:
  static constexpr const char* name = "squall.router";
  using self_pointer = caf::stateful_actor<router_state, proto::router_actor::base>*;

  explicit router_state(self_pointer self) : self_{self} {}
  proto::router_actor::behavior_type make_behavior(router_options options);

private:
  using time_point = router_core::time_point;
  using drained = caf::typed_response_promise<bool>;

  struct waiting_drain {
    time_point until;
    drained promise;
  };

  caf::result<proto::join_answer> on_join(proto::join_request& request);
  void on_results(proto::result_batch& batch);
  void on_leave(const proto::leave& worker);
  void on_offer(proto::offer_change& change);
  void on_submit(proto::submit_batch& batch);
  caf::result<std::uint8_t> on_attach(const caf::actor& bridge);
  caf::result<bool> on_drain(const proto::drain& order);
  void on_tick();
  void on_down(const caf::actor_addr& who);

  void lose_worker(std::uint64_t number);
  /// Ends a turn: sends what it yielded.
  void flush();
  void answer_drains(time_point now);
  void tick_if_needed();

  self_pointer self_;
  router_core core_;
  proto::incarnation gateway_;
  proto::broker_port broker_;
  std::map<std::uint64_t, proto::agent_actor> agents_; ///< by worker number
  std::map<std::uint8_t, caf::actor> bridges_;
  std::vector<waiting_drain> drains_;
  bool tick_under_way_ = false;
};

/// Starts the router of a gateway.
proto::router_actor router(caf::actor_system& system, router_options options);

} // namespace squall::actors
