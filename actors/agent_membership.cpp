// The part of the agent that joins and leaves gateways.

#include "actors/agent.hpp"

#include <caf/actor_cast.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace squall::actors {

using farewell = agent_link::farewell;

caf::result<proto::join_answer> agent_state::on_link(const proto::router_port& router) {
  if (draining_) return caf::make_error(caf::sec::runtime_error, "this worker is draining");
  auto link = links_.find(caf::actor_cast<caf::actor_control_block*>(router));
  if (link != nullptr && link->joined) return link->answer;
  auto promise = self_->make_response_promise<proto::join_answer>();
  if (link == nullptr) {
    link = &links_.add(router, pools_.size());
    self_->monitor(router);
    auto id = link->id;
    // A router of the same process always answers, and nothing tells it that nobody waits any more.
    auto timeout = options_.who.local ? caf::infinite : caf::duration{options_.join_timeout};
    self_->request(router, timeout, request_for(*link))
        .then([this, id](const proto::join_answer& answer) { on_joined(id, answer); },
              [this, id](const caf::error& why) { on_refused(id, why); });
  }
  link->waiting.push_back(promise);
  return promise;
}

proto::join_request agent_state::request_for(agent_link& link) {
  return {options_.who, offers_for(link), proto::local_agent_actor{self_}};
}

void agent_state::on_joined(std::uint32_t link_id, const proto::join_answer& answer) {
  auto link = links_.find(link_id);
  if (link == nullptr) return;
  link->joined = true;
  link->answer = answer;
  link->out.worker = answer.worker;
  for (auto& promise : std::exchange(link->waiting, {}))
    promise.deliver(answer);
  if (answer.broker)
    for (const auto& consumers : options_.consumers)
      self_->send(consumers, proto::broker_found{answer.gateway, answer.broker});
  if (link->offer != offer_) tell_offer(*link);
  if (draining_) send_leave(link_id);
  finish_turn();
}

void agent_state::on_refused(std::uint32_t link_id, const caf::error& why) {
  auto link = links_.find(link_id);
  if (link == nullptr) return;
  self_->demonitor(link->router.address());
  for (auto& promise : std::exchange(link->waiting, {}))
    promise.deliver(why);
  forget(link_id);
  finish_turn();
}

void agent_state::on_down(const caf::actor_addr& source) {
  auto link = links_.find(caf::actor_cast<caf::actor_control_block*>(source));
  if (link == nullptr) return;
  for (auto& promise : std::exchange(link->waiting, {}))
    promise.deliver(caf::make_error(caf::sec::remote_linking_failed, "the gateway is gone"));
  forget(link->id);
}

void agent_state::forget(std::uint32_t link_id) {
  for (auto& pool : pools_)
    pool->queue.drop(link_id);
  auto waiting = std::exchange(links_.find(link_id)->offer_waiting, {});
  links_.remove(link_id);
  for (auto& ended : waiting)
    ended(true);
}

caf::result<bool> agent_state::on_drain(std::chrono::milliseconds within) {
  auto promise = self_->make_response_promise<bool>();
  drains_.push_back(promise);
  auto now = steady::now();
  auto until = now + within;
  drain_until_ = draining_ ? std::min(drain_until_, until) : until;
  if (!std::exchange(draining_, true)) {
    std::vector<std::uint32_t> joined;
    for (auto& link : links_)
      if (link.joined) joined.push_back(link.id);
    for (auto id : joined)
      send_leave(id);
  }
  finish_turn();
  return promise;
}

void agent_state::send_leave(std::uint32_t link_id) {
  auto link = links_.find(link_id);
  link->leaving = link->leaving == farewell::none ? farewell::told : farewell::last_told;
  auto left = [this, link_id] {
    auto link = links_.find(link_id);
    if (link == nullptr) return;
    link->leaving = link->leaving == farewell::told ? farewell::acknowledged : farewell::done;
    finish_turn();
  };
  auto until = std::chrono::duration_cast<std::chrono::milliseconds>(drain_until_ - steady::now());
  self_
      ->request(link->router, std::max(until, std::chrono::milliseconds{1}),
                proto::leave{link->out.worker})
      // Without an answer the gateway is gone, which is noticed apart, or the time is over.
      .then(left, [](const caf::error&) {});
}

void agent_state::continue_drain(steady::time_point now) {
  if (drains_.empty()) return;
  std::vector<std::uint32_t> finished;
  bool all = true;
  for (auto& link : links_) {
    all = all && link.leaving == farewell::done;
    if (link.leaving == farewell::acknowledged && !link.holds_calls()) finished.push_back(link.id);
  }
  for (auto id : finished)
    send_leave(id);
  if (all || now >= drain_until_) end_drain(all);
}

void agent_state::end_drain(bool finished) {
  for (auto& promise : std::exchange(drains_, {}))
    promise.deliver(finished);
}

} // namespace squall::actors
