#include "actors/router.hpp"

#include "actors/in_place_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

namespace squall::actors {
namespace {

auto now() {
  return std::chrono::steady_clock::now();
}

std::string text_of(const std::vector<proto::pool_offer>& pools) {
  std::string out;
  for (const auto& offer : pools) {
    if (!out.empty()) out += ' ';
    out += offer.kind.name + '=' + std::to_string(offer.slots);
  }
  return out;
}

} // namespace

proto::router_actor::behavior_type router_state::make_behavior(router_options options) {
  core_ = router_core{options.limits};
  for (const auto& kind : options.expected)
    core_.expect(kind, now());
  gateway_ = std::move(options.gateway);
  broker_ = std::move(options.broker);
  self_->set_down_handler([this](const caf::down_msg& down) { on_down(down.source); });
  return {
      [this](proto::join_request& request) { return on_join(request); },
      [this](proto::result_batch& batch) { on_results(batch); },
      [this](const proto::leave& worker) { on_leave(worker); },
      [this](proto::offer_change& change) { on_offer(change); },
      [this](proto::submit_batch& batch) { on_submit(batch); },
      [this](const caf::actor& bridge) { return on_attach(bridge); },
      [this](const proto::get_status&) { return core_.status(now()); },
      [this](const proto::drain& order) { return on_drain(order); },
      [this](const proto::tick&) { on_tick(); },
  };
}

caf::result<proto::join_answer> router_state::on_join(proto::join_request& request) {
  if (core_.draining()) return caf::make_error(caf::sec::runtime_error, "the gateway is draining");
  if (!request.agent) return caf::make_error(caf::sec::invalid_argument, "no agent to work with");
  if (auto old = core_.number_of(request.who.id)) lose_worker(old);
  spdlog::info("worker \"{}\" joined from {} (pid {}): {}", request.who.name, request.who.host,
               request.who.pid, text_of(request.pools));
  const auto number = core_.worker_joined(std::move(request.who), std::move(request.pools), now());
  self_->monitor(request.agent);
  agents_.emplace(number, std::move(request.agent));
  // The answer goes first: the calls that have waited for this worker follow it.
  auto promise = self_->make_response_promise<proto::join_answer>();
  promise.deliver(proto::join_answer{number, gateway_, broker_});
  flush();
  return promise;
}

void router_state::on_results(proto::result_batch& batch) {
  core_.answered(batch, now());
  flush();
}

void router_state::on_leave(const proto::leave& leave) {
  if (const auto* worker = core_.find_worker(leave.worker); worker && !worker->draining)
    spdlog::info("worker \"{}\" drains", worker->info.name);
  core_.worker_leaves(leave.worker, now());
  flush();
}

void router_state::on_offer(proto::offer_change& change) {
  if (const auto* worker = core_.find_worker(change.worker); worker && !worker->draining)
    spdlog::info("worker \"{}\" offers now: {}", worker->info.name,
                 change.pools.empty() ? "nothing" : text_of(change.pools));
  core_.offer_changed(change.worker, std::move(change.pools), now());
  flush();
}

void router_state::on_submit(proto::submit_batch& batch) {
  core_.submit(batch, now());
  flush();
}

caf::result<std::uint8_t> router_state::on_attach(const caf::actor& bridge) {
  const auto number = core_.attach_bridge();
  if (!number) return caf::make_error(caf::sec::runtime_error, "no bridge number is free");
  self_->monitor(bridge);
  bridges_.emplace(*number, bridge);
  caf::anon_send(bridge, core_.kinds());
  return *number;
}

caf::result<bool> router_state::on_drain(const proto::drain& order) {
  core_.drain();
  auto promise = self_->make_response_promise<bool>();
  drains_.push_back({now() + std::chrono::milliseconds{order.within_ms}, promise});
  flush();
  return promise;
}

void router_state::on_tick() {
  tick_under_way_ = false;
  core_.expire(now());
  flush();
}

void router_state::on_down(const caf::actor_addr& who) {
  // By identity: after a lost connection an agent comes back under the same address, as another.
  const auto ended = [&](const auto& each) {
    return caf::actor_cast<caf::actor_control_block*>(each.second) ==
           caf::actor_cast<caf::actor_control_block*>(who);
  };
  auto agent = std::ranges::find_if(agents_, ended);
  if (agent != agents_.end()) lose_worker(agent->first);
  auto bridge = std::ranges::find_if(bridges_, ended);
  if (bridge != bridges_.end()) {
    core_.bridge_lost(bridge->first);
    bridges_.erase(bridge);
  }
  flush();
}

void router_state::lose_worker(std::uint64_t number) {
  const auto agent = agents_.extract(number);
  if (agent) self_->demonitor(agent.mapped().address());
  const auto* worker = core_.find_worker(number);
  if (!worker) return;
  const auto who = worker->info;
  const bool drained = worker->draining;
  const auto loss = core_.worker_lost(number, now());
  const bool harmless = drained && loss.redone + loss.refused == 0;
  spdlog::log(harmless ? spdlog::level::info : spdlog::level::warn,
              "worker \"{}\" on {} (pid {}) {}: {} of its calls go to others, {} failed", who.name,
              who.host, who.pid, harmless ? "left" : "lost", loss.redone, loss.refused);
}

void router_state::flush() {
  auto mail = core_.take();
  for (auto& [number, batch] : mail.calls)
    if (auto agent = agents_.find(number); agent != agents_.end())
      self_->send(agent->second, std::move(batch));
  for (auto& [number, batch] : mail.answers)
    if (auto bridge = bridges_.find(number); bridge != bridges_.end())
      caf::anon_send(bridge->second, std::move(batch));
  if (mail.kinds_changed)
    for (const auto& [number, bridge] : bridges_)
      caf::anon_send(bridge, core_.kinds());
  if (!drains_.empty()) answer_drains(now());
  tick_if_needed();
}

void router_state::answer_drains(time_point time) {
  std::erase_if(drains_, [&](waiting_drain& each) {
    const bool idle = core_.idle();
    if (!idle && time < each.until) return false;
    each.promise.deliver(idle);
    return true;
  });
}

void router_state::tick_if_needed() {
  if (tick_under_way_ || (!core_.watching() && drains_.empty())) return;
  tick_under_way_ = true;
  self_->delayed_send(self_, router_deadlines::step, proto::tick{});
}

proto::router_actor router(caf::actor_system& system, router_options options) {
  using actor = in_place_actor<proto::router_actor, router_state, router_options>;
  return system.spawn<actor>(std::move(options));
}

} // namespace squall::actors
