#include "actors/schedules/scheduler.hpp"

#include "actors/in_place_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace squall::actors {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::uint64_t unix_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now).count());
}

} // namespace

proto::scheduler_actor::behavior_type scheduler_state::make_behavior(proto::broker_port broker) {
  broker_ = std::move(broker);
  finish_turn();
  return {
      [this](proto::queue_answers& batch) { on_answers(batch); },
      [this](const proto::drain& drain) { return on_drain(milliseconds{drain.within_ms}); },
      [this](proto::tick) { on_tick(); },
  };
}

void scheduler_state::on_answers(proto::queue_answers& batch) {
  core_.on_answers(batch, unix_now());
  for (const auto& note : core_.take_notes())
    spdlog::warn(note);
  finish_turn();
}

void scheduler_state::on_tick() {
  tick_coming_ = false;
  finish_turn();
}

caf::result<bool> scheduler_state::on_drain(milliseconds within) {
  auto promise = self_->make_response_promise<bool>();
  drains_.add(promise, steady_clock::now() + within);
  core_.drain();
  self_->delayed_send(self_, within, proto::tick{});
  finish_turn();
  return promise;
}

void scheduler_state::finish_turn() {
  const auto now = unix_now();
  auto batch = core_.take(now);
  if (!batch.requests.empty() || !batch.cancelled.empty()) self_->send(broker_, std::move(batch));
  drains_.settle(core_.is_drained(), steady_clock::now());
  if (const auto look = core_.next_look(); look && !std::exchange(tick_coming_, true))
    self_->delayed_send(self_,
                        milliseconds{std::max<std::uint64_t>(*look - std::min(now, *look), 1)},
                        proto::tick{});
}

proto::scheduler_actor scheduler(caf::actor_system& system, proto::broker_port broker) {
  using actor = in_place_actor<proto::scheduler_actor, scheduler_state, proto::broker_port>;
  return system.spawn<actor>(std::move(broker));
}

} // namespace squall::actors
