#include "actors/door.hpp"

#include "proto/version.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <string>
#include <utility>

namespace squall::actors {
namespace {

/// Lets workers in. Never blocks, does no I/O.
class door_state {
public:
  static constexpr const char* name = "squall.door";

  static proto::door_actor::behavior_type make_behavior(proto::router_port router) {
    return {
        [](const proto::greeting& greeting) { return answer_greeting(greeting); },
        [router = std::move(router)](const proto::enter&) { return router; },
    };
  }
};

std::string refusal(const proto::greeting& greeting) {
  const bool worker_is_older = greeting.protocol < proto::protocol_version;
  return "worker \"" + greeting.name + "\" (squall " + greeting.software + ") speaks protocol " +
         std::to_string(greeting.protocol) + ", this gateway (squall " +
         std::string{proto::software_version} + ") speaks protocol " +
         std::to_string(proto::protocol_version) + ": upgrade the " +
         (worker_is_older ? "worker" : "gateway");
}

} // namespace

proto::welcome answer_greeting(const proto::greeting& greeting) {
  proto::welcome answer;
  answer.accepted = greeting.protocol == proto::protocol_version;
  answer.protocol = proto::protocol_version;
  answer.software = proto::software_version;
  if (!answer.accepted) {
    answer.reason = refusal(greeting);
    spdlog::warn("refused: {}", answer.reason);
  }
  return answer;
}

proto::door_actor door(caf::actor_system& system, proto::router_port router) {
  return system.spawn(
      [](caf::stateful_actor<door_state, proto::door_actor::base>*, proto::router_port port) {
        return door_state::make_behavior(std::move(port));
      },
      std::move(router));
}

} // namespace squall::actors
