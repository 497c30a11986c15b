// The part of the agent that changes what it offers.

#include "actors/agent.hpp"

#include <algorithm>
#include <utility>

namespace squall::actors {

namespace {

/// Counts the gateways that have answered a change; used by the agent alone.
struct offer_round {
  caf::typed_response_promise<bool> promise;
  std::size_t open = 1; ///< gateways that have not answered, and who asks them
  bool all = true;

  void end_one(bool told) {
    all = all && told;
    if (--open == 0) promise.deliver(all);
  }
};

} // namespace

caf::result<bool> agent_state::on_order(const proto::offer_order& order) {
  if (draining_) return caf::make_error(caf::sec::runtime_error, "this worker is draining");
  ++offer_;
  change_pools(order.pools);
  change_consumers(order.consumers);
  auto promise = self_->make_response_promise<bool>();
  auto round = std::make_shared<offer_round>(offer_round{promise});
  // Before the calls that are given back: a gateway must not send them here again.
  for (auto& link : links_) {
    ++round->open;
    link.offer_waiting.emplace_back([round](bool told) { round->end_one(told); });
    if (link.joined) tell_offer(link); // the others are told when they have
  }
  round->end_one(true);
  finish_turn();
  return promise;
}

void agent_state::change_pools(const std::vector<proto::pool_size>& wanted) {
  for (auto& pool : pools_)
    if (pool->offered &&
        std::ranges::find(wanted, pool->work.info.name, &proto::pool_size::kind) == wanted.end())
      withdraw(*pool);
  for (const auto& [kind, slots] : wanted) {
    auto at = std::ranges::find_if(
        pools_, [&name = kind](const auto& each) { return each->work.info.name == name; });
    if (at == pools_.end()) {
      pools_.push_back(make_pool(self_->system(), options_.spec_of(kind, slots),
                                 static_cast<std::uint32_t>(pools_.size()), self_->address()));
      continue;
    }
    (*at)->offered = true;
    (*at)->resized = true;
    pool::resize(self_->system(), *at, slots);
    pool::wake(*at, (*at)->queue.wake_idle());
  }
  arriving_.resize(pools_.size());
  for (auto& link : links_)
    link.shares.resize(pools_.size());
}

/// Its running calls end; those that wait are done elsewhere. It stays, empty, for the case that it
/// is wanted again: then its calls that run still are its own.
void agent_state::withdraw(pool& which) {
  which.offered = false;
  for (auto [link_id, id] : which.queue.give_back()) {
    auto link = links_.find(link_id);
    if (link == nullptr) continue;
    --link->shares[which.index].held;
    link->out.returned.push_back(id);
  }
  pool::resize(self_->system(), which.shared_from_this(), 0);
}

void agent_state::change_consumers(const std::vector<proto::consumers_actor>& wanted) {
  for (const auto& consumers : wanted) {
    if (std::ranges::find(options_.consumers, consumers) != options_.consumers.end()) continue;
    for (auto& link : links_)
      if (link.joined && link.answer.broker)
        self_->send(consumers, proto::broker_found{link.answer.gateway, link.answer.broker});
  }
  options_.consumers = wanted;
}

std::vector<proto::pool_offer> agent_state::offers_for(agent_link& link) {
  std::vector<proto::pool_offer> offers;
  auto now = steady::now();
  for (auto& pool : pools_) {
    auto& share = link.shares[pool->index];
    share.window = 0;
    if (!pool->offered) continue;
    auto load = pool->queue.load(now);
    share.window = window(load, share.held, static_cast<std::uint32_t>(links_.size()));
    offers.push_back({pool->work.info, load.slots, share.window});
  }
  link.offer = offer_;
  return offers;
}

void agent_state::tell_offer(agent_link& link) {
  const auto ended = [waiting = std::exchange(link.offer_waiting, {})](bool told) {
    for (const auto& each : waiting)
      each(told);
  };
  auto timeout = options_.who.local ? caf::infinite : caf::duration{options_.join_timeout};
  self_
      ->request(link.router, timeout, proto::offer_change{link.out.worker, offers_for(link)})
      // Without an answer the gateway is gone, which is noticed apart, or slow.
      .then([ended] { ended(true); }, [ended](const caf::error&) { ended(false); });
}

} // namespace squall::actors
