#pragma once

#include "actors/agent.hpp"
#include "workers/consume.hpp"
#include "workers/event_loop.hpp"
#include "workers/pools.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace squall::workers {

/// What works in one process, in a worker and in a gateway (`who.local`) alike: an agent with the
/// pools for calls, consumers with theirs, and the event loop of their handlers. Must end before
/// its actor system and its kinds. Used by one thread that is no actor's.
class crew {
public:
  /// Throws `std::invalid_argument` for an unknown kind.
  crew(caf::actor_system& system, proto::worker_info who, const std::vector<pool_order>& pools,
       const std::vector<consume_order>& consumes, const registry& kinds);

  /// Ends all of it, and waits for that; nothing is finished first.
  ~crew();

  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

  const proto::local_agent_actor& agent() const { return agent_; }

  /// Serves these from now on, and nothing else, without leaving a gateway. What is under way
  /// beyond them is finished, however long that takes; calls that only wait are given back. Blocks
  /// until the gateways know, a few seconds at most; returns whether all said so. Throws
  /// `std::invalid_argument` for an unknown kind, and nothing has changed; `std::runtime_error`
  /// when the agent does not answer any more. Not behind `drain`.
  bool change(const std::vector<pool_order>& pools, const std::vector<consume_order>& consumes);

  /// Leaves all gateways and their queues, and finishes what there is. Blocks; returns whether all
  /// was finished in time.
  bool drain(std::chrono::milliseconds within);
  /// The same, of the consumers alone: the agent goes on.
  bool drain_consumers(std::chrono::milliseconds within);

  /// Whether the agent and the event loop both answer in time. Blocks until they have. From any
  /// thread that is no actor's.
  bool alive(std::chrono::milliseconds within);

  /// Has its gateways see at once that it is gone. Handlers may go on computing, so that it cannot
  /// be destroyed any more.
  void kill();

private:
  /// Of one queue.
  struct consuming {
    consume_order order;
    proto::consumers_actor by;
  };

  /// Consumers whose queue is not consumed any more, or otherwise, and that finish what they have.
  struct leaving {
    proto::consumers_actor who;
    std::shared_ptr<std::atomic<bool>> ended;
  };

  consuming start(const consume_order& order);
  void see_off(const consuming& which);
  bool drain_all(std::chrono::milliseconds within, bool with_agent);

  caf::actor_system& system_;
  const registry& kinds_;
  event_loop loop_;
  std::string name_;
  std::vector<consuming> consumers_;
  std::vector<leaving> leaving_;
  proto::local_agent_actor agent_;
};

} // namespace squall::workers
