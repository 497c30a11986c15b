#include "actors/jobs/runner.hpp"

#include "actors/in_place_actor.hpp"

#include <caf/actor_cast.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace squall::actors {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds attach_timeout{30};

auto now() {
  return std::chrono::steady_clock::now();
}

} // namespace

proto::runner_actor::behavior_type runner_state::make_behavior(runner_options options) {
  core_.emplace(std::move(options.limits));
  router_ = std::move(options.router);
  broker_ = std::move(options.broker);
  attach();
  return {
      [this](proto::kinds_changed& known) {
        core_->on_kinds(known);
        finish_turn();
      },
      [this](proto::answer_batch& batch) {
        const auto time = now();
        core_->on_results(batch.results, time);
        core_->on_progress(batch.progress, time);
        finish_turn();
      },
      [this](proto::queue_answers& batch) { on_answers(batch); },
      [this](const proto::drain& drain) { return on_drain(milliseconds{drain.within_ms}); },
      [this](proto::tick) { on_tick(); },
  };
}

void runner_state::attach() {
  self_->request(router_, attach_timeout, caf::actor_cast<caf::actor>(self_->address()))
      .then(
          [this](std::uint8_t bridge) {
            core_->attached(bridge);
            finish_turn();
          },
          [this](const caf::error& why) {
            spdlog::error("jobs are not run: {}", self_->system().render(why));
          });
}

void runner_state::on_answers(proto::queue_answers& batch) {
  for (const auto& answer : batch.answers) {
    if (answer.code == proto::errc::none) continue;
    auto level = answer.op == proto::queue_op::lease ? spdlog::level::warn : spdlog::level::debug;
    spdlog::log(level, "jobs: {}: {}", proto::describe(answer.code).name, answer.message);
  }
  core_->on_answers(batch, now());
  finish_turn();
}

void runner_state::on_tick() {
  tick_.came(now());
  finish_turn();
}

caf::result<bool> runner_state::on_drain(milliseconds within) {
  auto promise = self_->make_response_promise<bool>();
  drains_.add(promise, now() + within);
  core_->drain();
  finish_turn();
  return promise;
}

void runner_state::finish_turn() {
  const auto time = now();
  auto mail = core_->take(time);
  if (!mail.broker.requests.empty() || !mail.broker.cancelled.empty())
    self_->send(broker_, std::move(mail.broker));
  if (!mail.router.calls.empty() || !mail.router.cancelled.empty())
    self_->send(router_, std::move(mail.router));
  drains_.settle(core_->is_drained(), time);
  schedule_tick(time);
}

void runner_state::schedule_tick(time_point now) {
  auto when = core_->next_look();
  if (auto until = drains_.until()) when = when ? std::min(*when, *until) : *until;
  if (when) tick_.send_at(self_, *when, now);
}

proto::runner_actor runner(caf::actor_system& system, runner_options options) {
  using actor = in_place_actor<proto::runner_actor, runner_state, runner_options>;
  return system.spawn<actor>(std::move(options));
}

} // namespace squall::actors
