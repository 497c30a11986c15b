#pragma once

#include "actors/agent_link.hpp"
#include "actors/pool.hpp"

#include <caf/expected.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace squall::actors {

/// What an agent offers, and as whom.
struct agent_options {
  proto::worker_info who;
  std::vector<pool_spec> pools;                  ///< no kind twice
  std::vector<proto::consumers_actor> consumers; ///< told of every gateway's queues
  /// Makes what a pool of another kind needs; for orders that come later. Never throws for a kind
  /// that is ordered.
  std::function<pool_spec(const std::string& kind, std::uint32_t slots)> spec_of{};
  std::chrono::milliseconds join_timeout{2'000}; ///< for a gateway's answer to a join request
};

/// Speaks for the pools of one process to any number of gateways. Takes their calls, spreads them
/// over its pools, and sends every gateway its answers, one message a turn. A call that it got is
/// answered once, or given back once. Never blocks. Owned by whoever spawned it, who sends it its
/// exit; its slots end with it.
class agent_state {
public:
  static inline const char* name = "squall.agent";

  using pointer = proto::local_agent_actor::stateful_pointer<agent_state>;

  explicit agent_state(pointer self) : self_{self} {}
  ~agent_state();
  agent_state(const agent_state&) = delete;
  agent_state& operator=(const agent_state&) = delete;

  proto::local_agent_actor::behavior_type make_behavior(agent_options options);

private:
  caf::result<proto::join_answer> on_link(const proto::router_port& router);
  void on_joined(std::uint32_t link_id, const proto::join_answer& answer);
  void on_refused(std::uint32_t link_id, const caf::error& why);
  void on_batch(proto::call_batch& batch);
  void on_down(const caf::actor_addr& source);
  void on_tick();
  caf::result<bool> on_drain(std::chrono::milliseconds within);

  caf::result<bool> on_order(const proto::offer_order& order);
  void change_pools(const std::vector<proto::pool_size>& wanted);
  void withdraw(pool& which);
  void change_consumers(const std::vector<proto::consumers_actor>& wanted);
  void tell_offer(agent_link& link);
  std::vector<proto::pool_offer> offers_for(agent_link& link);

  proto::join_request request_for(agent_link& link);
  void enqueue(agent_link& link, std::vector<proto::call>& calls, steady::time_point now);
  void cancel(agent_link& link, std::vector<std::uint64_t>& ids, steady::time_point now);
  void forget(std::uint32_t link_id);
  void collect(std::size_t pool_index);
  void finish_turn();
  void send_answers(steady::time_point now);
  void schedule_tick(steady::time_point now);
  void send_leave(std::uint32_t link_id);
  void continue_drain(steady::time_point now);
  void end_drain(bool finished);

  pointer self_;
  agent_options options_;
  std::vector<std::shared_ptr<pool>> pools_;
  std::vector<std::vector<queued_call>> arriving_; ///< by pool; empty between turns
  link_table links_;
  std::vector<caf::typed_response_promise<bool>> drains_;
  steady::time_point drain_until_;
  std::uint32_t offer_ = 0; ///< number of the last order
  bool draining_ = false;
  bool ticking_ = false;
};

/// Starts an agent.
proto::local_agent_actor agent(caf::actor_system& system, agent_options options);

/// Whether an agent answers in time. Blocks its (non-actor) caller until it has.
bool alive(caf::actor_system& system, const proto::agent_actor& agent,
           std::chrono::milliseconds within);

/// Has an agent work for a router of the same process. Blocks its (non-actor) caller until the
/// router has answered; an error when it refuses.
caf::expected<proto::join_answer> join_local(caf::actor_system& system,
                                             const proto::local_agent_actor& agent,
                                             const proto::router_port& router);

} // namespace squall::actors
