#pragma once

#include "actors/address_set.hpp"
#include "actors/joiner.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace squall::actors {

/// Which gateways a process works for.
struct membership_options {
  std::vector<proto::endpoint> gateways; ///< names; every address of a name is a gateway
  proto::local_agent_actor agent;
  proto::greeting hello;
  join_timing timing;
  std::shared_ptr<join_count> count;            ///< null: nobody counts
  std::chrono::milliseconds look_again{10'000}; ///< between lookups of names
};

/// Owns one joiner for every address that its gateways' names resolve to, and looks the names up
/// again now and then. Lookups run on threads of their own, one a name at most. Owned by the
/// process, which sends it its exit; its joiners end with it.
class membership_state {
public:
  static inline const char* name = "squall.membership";

  using pointer = proto::membership_actor::stateful_pointer<membership_state>;

  explicit membership_state(pointer self) : self_{self} {}
  ~membership_state();
  membership_state(const membership_state&) = delete;
  membership_state& operator=(const membership_state&) = delete;

  proto::membership_actor::behavior_type make_behavior(membership_options options);

private:
  struct gateway {
    proto::endpoint name;
    std::vector<std::string> addresses; ///< of the last lookup that found any
    bool looking = false;
    bool failed = false;
  };

  void on_tick();
  void on_resolved(const proto::resolved& found);
  void apply();
  void look(gateway& which);

  pointer self_;
  membership_options options_;
  std::vector<gateway> gateways_;
  std::set<proto::endpoint> addresses_;
  std::map<proto::endpoint, proto::joiner_actor> joiners_;
};

/// Spawn function.
proto::membership_actor::behavior_type membership(membership_state::pointer self,
                                                  membership_options options);

} // namespace squall::actors
