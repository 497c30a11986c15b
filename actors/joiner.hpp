#pragma once

#include "actors/backoff.hpp"
#include "actors/join_count.hpp"
#include "actors/joiner_connect.hpp"
#include "proto/messages.hpp"

#include <caf/error.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace squall::actors {

/// The times of joining.
struct join_timing {
  using duration = std::chrono::milliseconds;
  duration step{2'000};      ///< for each answer on the way into a gateway
  duration first_pause{100}; ///< after a failure or a loss; doubles
  duration longest_pause{2'000};
  duration refused_pause{5'000}; ///< after a refusal because of the version
  duration probe_interval{5};    ///< between looks at a connection that is being made
};

/// Where and as whom a joiner joins.
struct joiner_options {
  std::string host; ///< numeric address
  std::uint16_t port = 0;
  proto::local_agent_actor agent;
  proto::greeting hello; ///< what the worker says of itself
  join_timing timing;
  std::shared_ptr<join_count> count = nullptr; ///< null: nobody counts
};

/// Keeps an agent joined to the gateway at one address: finds out whether anybody listens there,
/// connects, greets, asks for the router, has the agent join it, and watches it. Every step has a
/// time limit; after a failure or a loss it begins anew, with growing pauses. Never blocks. Owned
/// by the membership (or whoever spawned it), who sends it its exit; the agent's link outlives it.
class joiner_state {
public:
  static inline const char* name = "squall.joiner";

  using pointer = proto::joiner_actor::stateful_pointer<joiner_state>;

  explicit joiner_state(pointer self) : self_{self} {}

  proto::joiner_actor::behavior_type make_behavior(joiner_options options);

private:
  enum class step { paused, probing, connecting, greeting, entering, linking, joined };

  void on_tick();
  void start();
  void look();
  void connect();
  void on_connected(const caf::node_id& node, const caf::strong_actor_ptr& door);
  void on_welcome(const proto::welcome& welcome);
  void enter();
  void link(const proto::router_port& router);
  void on_joined(const proto::join_answer& answer);
  void on_down(const caf::down_msg& down);

  void fail(const caf::error& why);
  void retry(const std::string& why, join_timing::duration pause);
  void tick_after(join_timing::duration pause);
  std::string where() const;
  std::string text(const caf::error& why) const;

  /// Fails this attempt; a late error of an earlier one is ignored.
  auto on_error() {
    return [this, attempt = attempt_](const caf::error& why) {
      if (attempt == attempt_) fail(why);
    };
  }

  pointer self_;
  joiner_options options_;
  backoff pauses_{join_timing::duration{1}, join_timing::duration{1}, 0};
  step step_ = step::paused;
  std::uint64_t attempt_ = 0;
  port_probe probe_;
  std::chrono::steady_clock::time_point probe_until_;
  caf::node_id node_;
  proto::door_actor door_;
  caf::actor_addr watched_; ///< the door, then the router
  std::string last_failure_;
  join_count::seat seat_; ///< while it is joined
};

/// Spawn function.
proto::joiner_actor::behavior_type joiner(joiner_state::pointer self, joiner_options options);

} // namespace squall::actors
