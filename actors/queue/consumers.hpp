#pragma once

#include "actors/next_tick.hpp"
#include "actors/pool.hpp"
#include "actors/queue/consumers_core.hpp"
#include "actors/waiting_drains.hpp"
#include "proto/messages.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace squall::actors {

/// What consumers consume, and with what.
struct consumers_options {
  std::string queue;
  pool_spec pool;       ///< of their own: its slots are the tokens for leases
  std::string worker{}; ///< what jobs say who ran them
};

/// Consumes one queue at every gateway whose broker it is told of: runs each item in its pool as
/// one call, with the item's body as params, and settles it. One
/// message to a broker a turn. Never blocks. Owned by whoever spawned it, who sends it its exit;
/// its slots end with it, and brokers take back what it holds.
class consumers_state {
public:
  static inline const char* name = "squall.consumers";

  using pointer = proto::consumers_actor::stateful_pointer<consumers_state>;

  explicit consumers_state(pointer self) : self_{self} {}
  ~consumers_state();
  consumers_state(const consumers_state&) = delete;
  consumers_state& operator=(const consumers_state&) = delete;

  proto::consumers_actor::behavior_type make_behavior(consumers_options options);

private:
  /// One gateway's queues.
  struct source {
    std::uint32_t link = 0; ///< never used again for another gateway
    proto::incarnation gateway;
    proto::broker_port broker;
  };

  void on_found(const proto::broker_found& found);
  void on_answers(proto::queue_answers& batch);
  void on_down(const caf::actor_addr& broker);
  void on_tick();
  caf::result<bool> on_drain(std::chrono::milliseconds within);

  source* find(const caf::actor_control_block* broker);
  void forget(std::uint32_t link);
  void collect();
  void run_orders(steady::time_point now);
  void finish_turn();
  void schedule_tick(steady::time_point now);

  pointer self_;
  std::string queue_;
  std::shared_ptr<pool> pool_;
  std::optional<consumers_core> core_; ///< set by `make_behavior`
  std::vector<source> sources_;        ///< a few
  std::uint32_t last_link_ = 0;
  waiting_drains drains_;
  next_tick tick_;
};

/// Starts consumers.
proto::consumers_actor consumers(caf::actor_system& system, consumers_options options);

} // namespace squall::actors
