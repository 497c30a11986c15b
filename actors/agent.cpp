#include "actors/agent.hpp"

#include "actors/in_place_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace squall::actors {
namespace {

using std::chrono::milliseconds;

/// Between two looks at the clock while calls are queued, and while calls only run.
constexpr milliseconds tick_queued{5};
constexpr milliseconds tick_running{20};

} // namespace

proto::local_agent_actor::behavior_type agent_state::make_behavior(agent_options options) {
  options_ = std::move(options);
  for (auto& spec : options_.pools)
    pools_.push_back(make_pool(self_->system(), std::move(spec),
                               static_cast<std::uint32_t>(pools_.size()), self_->address()));
  options_.pools.clear();
  arriving_.resize(pools_.size());
  self_->set_down_handler([this](caf::down_msg& down) {
    on_down(down.source);
    finish_turn();
  });
  return {
      [this](proto::call_batch& batch) { on_batch(batch); },
      [this](const proto::link_request& request) { return on_link(request.router); },
      [this](const proto::offer_order& order) { return on_order(order); },
      [this](const proto::drain& drain) { return on_drain(milliseconds{drain.within_ms}); },
      [this](const proto::pool_ready& ready) {
        collect(ready.pool);
        finish_turn();
      },
      [this](proto::tick) { on_tick(); },
  };
}

agent_state::~agent_state() {
  for (auto& pool : pools_)
    pool->end_slots();
}

void agent_state::on_batch(proto::call_batch& batch) {
  auto link = links_.find(caf::actor_cast<caf::actor_control_block*>(self_->current_sender()));
  if (link == nullptr) {
    // A gateway whose loss was noticed here first; it will notice too, and redo its calls.
    // An empty batch is the question of `alive` whether this agent answers.
    if (!batch.calls.empty())
      spdlog::debug("{} calls of a gateway that is not joined are left to it", batch.calls.size());
    return;
  }
  auto now = steady::now();
  enqueue(*link, batch.calls, now);
  if (!batch.cancelled.empty()) cancel(*link, batch.cancelled, now);
  finish_turn();
}

void agent_state::enqueue(agent_link& link, std::vector<proto::call>& calls,
                          steady::time_point now) {
  for (auto& call : calls) {
    auto at = std::ranges::find_if(pools_, [&](auto& p) { return p->work.info.name == call.kind; });
    if (at == pools_.end()) {
      link.out.results.push_back({call.id,
                                  call.attempt,
                                  proto::errc::unknown_kind,
                                  0,
                                  "this worker has no pool for " + call.kind,
                                  {}});
      continue;
    }
    if (!(*at)->offered) {
      // Sent before the gateway knew; others may have a pool for it.
      link.out.returned.push_back(call.id);
      continue;
    }
    auto& estimate = (*at)->work.estimate;
    auto us = estimate ? std::clamp<std::int64_t>(estimate(call.params).count(), 1, 1U << 31) : 0;
    auto index = (*at)->index;
    ++link.shares[index].held;
    arriving_[index].push_back(
        {call.id, link.id, call.attempt, call.first_index, static_cast<std::uint32_t>(us),
         now + milliseconds{call.time_left_ms}, std::move(call.params), call.tells_progress});
  }
  for (auto& pool : pools_) {
    auto& arrived = arriving_[pool->index];
    if (arrived.empty()) continue;
    pool::wake(pool, pool->queue.push(arrived, now));
    collect(pool->index);
  }
}

void agent_state::cancel(agent_link& link, std::vector<std::uint64_t>& ids,
                         steady::time_point now) {
  std::ranges::sort(ids);
  for (auto& pool : pools_) {
    if (link.shares[pool->index].held == 0) continue;
    pool->queue.cancel(link.id, ids, now);
    collect(pool->index);
  }
}

void agent_state::collect(std::size_t pool_index) {
  auto& pool = pools_[pool_index];
  for (auto& done : pool->queue.collect()) {
    auto link = links_.find(done.link);
    if (link == nullptr) continue;
    link->shares[pool_index].held -= static_cast<std::uint32_t>(done.results.size());
    auto& out = link->out.results;
    if (out.empty())
      out = std::move(done.results);
    else
      std::ranges::move(done.results, std::back_inserter(out));
  }
  if (!pool->work.info.cpu_bound) pool::wake(pool, pool->queue.wake_idle());
}

void agent_state::on_tick() {
  ticking_ = false;
  auto now = steady::now();
  for (auto& pool : pools_) {
    auto found = pool->queue.check(now);
    for (auto [link_id, id] : found.returned) {
      auto link = links_.find(link_id);
      --link->shares[pool->index].held;
      link->out.returned.push_back(id);
    }
    for (auto& [link_id, word] : found.progress)
      if (auto link = links_.find(link_id)) link->out.progress.push_back(std::move(word));
    pool::wake(pool, found.wake);
    collect(pool->index);
  }
  finish_turn();
}

void agent_state::finish_turn() {
  auto now = steady::now();
  send_answers(now);
  if (draining_) continue_drain(now);
  schedule_tick(now);
}

void agent_state::send_answers(steady::time_point now) {
  auto gateways = static_cast<std::uint32_t>(links_.size());
  for (auto& pool : pools_) {
    if (draining_) break;
    if (!pool->offered) continue;
    auto load = pool->queue.load(now);
    for (auto& link : links_) {
      auto& share = link.shares[pool->index];
      auto fits = window(load, share.held, gateways);
      // Of one that has shrunk, each call less is one less.
      const bool told = noticeable(share.window, fits) || (pool->resized && fits < share.window);
      if (!link.joined || !told) continue;
      share.window = fits;
      link.out.grants.push_back({pool->work.info.name, fits});
    }
    if (load.busy + load.queued <= capacity(load)) pool->resized = false;
  }
  for (auto& link : links_) {
    if (!link.joined || !link.has_news()) continue;
    auto worker = link.out.worker;
    self_->send(link.router, std::exchange(link.out, {}));
    link.out.worker = worker;
  }
}

void agent_state::schedule_tick(steady::time_point now) {
  if (ticking_) return;
  bool queued = draining_ && !drains_.empty();
  bool running = false;
  for (auto& pool : pools_) {
    auto load = pool->queue.load(now);
    queued = queued || load.queued > 0;
    running = running || load.busy > 0;
  }
  if (!queued && !running) return;
  ticking_ = true;
  self_->delayed_send(self_, queued ? tick_queued : tick_running, proto::tick{});
}

proto::local_agent_actor agent(caf::actor_system& system, agent_options options) {
  using actor = in_place_actor<proto::local_agent_actor, agent_state, agent_options>;
  return system.spawn<actor>(std::move(options));
}

bool alive(caf::actor_system& system, const proto::agent_actor& agent, milliseconds within) {
  bool answered = false;
  caf::scoped_actor self{system};
  self->request(agent, within, proto::call_batch{})
      .receive([&] { answered = true; }, [](const caf::error&) {});
  return answered;
}

caf::expected<proto::join_answer> join_local(caf::actor_system& system,
                                             const proto::local_agent_actor& agent,
                                             const proto::router_port& router) {
  caf::expected<proto::join_answer> joined{caf::make_error(caf::sec::request_timeout)};
  caf::scoped_actor self{system};
  self->request(agent, caf::infinite, proto::link_request{router})
      .receive([&](proto::join_answer& answer) { joined = std::move(answer); },
               [&](caf::error& why) { joined = std::move(why); });
  return joined;
}

} // namespace squall::actors
