#include "actors/queue/consumers.hpp"

#include "actors/in_place_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace squall::actors {
namespace {

using std::chrono::milliseconds;

/// Between two looks at the pool while calls are queued, and while calls only run.
constexpr milliseconds look_queued{5};
constexpr milliseconds look_running{20};

} // namespace

proto::consumers_actor::behavior_type consumers_state::make_behavior(consumers_options options) {
  queue_ = std::move(options.queue);
  const auto& kind = options.pool.work.info;
  consumers_task task;
  task.queue = queue_;
  task.kind = kind.name;
  task.worker = std::move(options.worker);
  task.call_timeout = milliseconds{kind.default_timeout_ms};
  core_.emplace(std::move(task), options.pool.slots);
  pool_ = make_pool(self_->system(), std::move(options.pool), 0, self_->address());
  self_->set_down_handler([this](caf::down_msg& down) { on_down(down.source); });
  return {
      [this](proto::pool_ready) { finish_turn(); },
      [this](const proto::broker_found& found) { on_found(found); },
      [this](proto::queue_answers& batch) { on_answers(batch); },
      [this](const proto::drain& drain) { return on_drain(milliseconds{drain.within_ms}); },
      [this](proto::tick) { on_tick(); },
  };
}

consumers_state::~consumers_state() {
  if (pool_) pool_->end_slots();
}

consumers_state::source* consumers_state::find(const caf::actor_control_block* broker) {
  auto at = std::ranges::find_if(sources_, [&](const source& each) {
    return caf::actor_cast<caf::actor_control_block*>(each.broker) == broker;
  });
  return at == sources_.end() ? nullptr : &*at;
}

void consumers_state::on_found(const proto::broker_found& found) {
  if (find(caf::actor_cast<caf::actor_control_block*>(found.broker)) != nullptr) return;
  // The same gateway with another handle: the connection was lost, and leases with it.
  auto old = std::ranges::find(sources_, found.gateway, &source::gateway);
  if (old != sources_.end()) {
    self_->demonitor(old->broker.address());
    forget(old->link);
  }
  sources_.push_back({++last_link_, found.gateway, found.broker});
  self_->monitor(found.broker);
  core_->add(last_link_);
  finish_turn();
}

void consumers_state::on_answers(proto::queue_answers& batch) {
  auto from = find(caf::actor_cast<caf::actor_control_block*>(self_->current_sender()));
  if (from == nullptr) return;
  for (const auto& answer : batch.answers) {
    if (answer.code == proto::errc::none) continue;
    auto level = answer.op == proto::queue_op::lease ? spdlog::level::warn : spdlog::level::debug;
    spdlog::log(level, "queue \"{}\" at gateway {}: {}: {}", queue_, from->gateway,
                proto::describe(answer.code).name, answer.message);
  }
  core_->on_answers(from->link, batch, steady::now());
  finish_turn();
}

void consumers_state::on_down(const caf::actor_addr& broker) {
  auto from = find(caf::actor_cast<caf::actor_control_block*>(broker));
  if (from == nullptr) return;
  forget(from->link);
  finish_turn();
}

void consumers_state::forget(std::uint32_t link) {
  core_->remove(link);
  std::erase_if(sources_, [&](const source& each) { return each.link == link; });
}

void consumers_state::on_tick() {
  auto now = steady::now();
  tick_.came(now);
  auto found = pool_->queue.check(now);
  for (auto [link, id] : found.returned)
    core_->on_returned(id);
  pool::wake(pool_, found.wake);
  finish_turn();
}

caf::result<bool> consumers_state::on_drain(milliseconds within) {
  auto promise = self_->make_response_promise<bool>();
  drains_.add(promise, steady::now() + within);
  core_->drain();
  finish_turn();
  return promise;
}

void consumers_state::run_orders(steady::time_point now) {
  auto orders = core_->take_orders();
  pool::wake(pool_, pool_->queue.push(orders.start, now));
  // By gateway, and in order, as the pool wants them.
  std::ranges::sort(orders.stop);
  for (auto first = orders.stop.begin(); first != orders.stop.end();) {
    const auto link = first->first;
    std::vector<std::uint64_t> ids;
    for (; first != orders.stop.end() && first->first == link; ++first)
      ids.push_back(first->second);
    pool_->queue.cancel(link, ids, now);
  }
}

void consumers_state::collect() {
  for (auto& done : pool_->queue.collect())
    core_->on_results(done.results);
  if (!pool_->work.info.cpu_bound) pool::wake(pool_, pool_->queue.wake_idle());
}

void consumers_state::finish_turn() {
  run_orders(steady::now());
  collect();
  auto now = steady::now();
  for (auto& [link, batch] : core_->take_batches(now)) {
    auto to = std::ranges::find(sources_, link, &source::link);
    self_->send(to->broker, std::move(batch));
  }
  drains_.settle(core_->is_drained(), now);
  schedule_tick(now);
}

void consumers_state::schedule_tick(steady::time_point now) {
  auto when = core_->next_look();
  auto sooner = [&](steady::time_point other) { when = when ? std::min(*when, other) : other; };
  auto load = pool_->queue.load(now);
  if (load.queued > 0)
    sooner(now + look_queued);
  else if (load.busy > 0)
    sooner(now + look_running);
  if (auto until = drains_.until()) sooner(*until);
  if (when) tick_.send_at(self_, *when, now);
}

proto::consumers_actor consumers(caf::actor_system& system, consumers_options options) {
  using actor = in_place_actor<proto::consumers_actor, consumers_state, consumers_options>;
  return system.spawn<actor>(std::move(options));
}

} // namespace squall::actors
