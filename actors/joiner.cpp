#include "actors/joiner.hpp"

#include <caf/actor_cast.hpp>
#include <spdlog/spdlog.h>

#include <random>
#include <set>
#include <utility>

namespace squall::actors {

using steady = std::chrono::steady_clock;

proto::joiner_actor::behavior_type joiner_state::make_behavior(joiner_options options) {
  options_ = std::move(options);
  auto& timing = options_.timing;
  pauses_ = backoff{timing.first_pause, timing.longest_pause, std::random_device{}()};
  self_->set_down_handler([this](caf::down_msg& down) { on_down(down); });
  tick_after(join_timing::duration{0});
  return {[this](proto::tick) { on_tick(); }};
}

void joiner_state::tick_after(join_timing::duration pause) {
  self_->delayed_send(self_, pause, proto::tick{});
}

/// One tick at most is under way at a time: one more would cut the pauses short.
void joiner_state::on_tick() {
  if (step_ == step::paused) start();
  if (step_ == step::probing) look();
}

void joiner_state::start() {
  ++attempt_;
  step_ = step::probing;
  probe_until_ = steady::now() + options_.timing.step;
  probe_.start(options_.host, options_.port);
}

void joiner_state::look() {
  switch (probe_.check()) {
  case port_probe::state::open:
    probe_.reset();
    return connect();
  case port_probe::state::failed:
    return retry(probe_.error(), pauses_.next());
  case port_probe::state::waiting:
    if (steady::now() < probe_until_) return tick_after(options_.timing.probe_interval);
    probe_.reset();
    return retry("nobody answers there", pauses_.next());
  }
}

void joiner_state::connect() {
  step_ = step::connecting;
  self_
      ->request(connector(self_->system()), options_.timing.step, caf::connect_atom::value,
                options_.host, options_.port)
      .then(
          [this, attempt = attempt_](const caf::node_id& node, const caf::strong_actor_ptr& door,
                                     const std::set<std::string>&) {
            if (attempt == attempt_) on_connected(node, door);
          },
          on_error());
}

void joiner_state::on_connected(const caf::node_id& node, const caf::strong_actor_ptr& door) {
  if (node == self_->system().node())
    return retry("it has the same CAF node id as this process: give one of the two containers "
                 "another network interface or pid",
                 pauses_.next());
  if (!door) return retry("no gateway listens on that port", pauses_.next());
  step_ = step::greeting;
  node_ = node;
  door_ = caf::actor_cast<proto::door_actor>(door);
  watched_ = door_.address();
  self_->monitor(door_);
  self_->request(door_, options_.timing.step, options_.hello)
      .then(
          [this, attempt = attempt_](const proto::welcome& welcome) {
            if (attempt == attempt_) on_welcome(welcome);
          },
          on_error());
}

void joiner_state::on_welcome(const proto::welcome& welcome) {
  if (welcome.accepted) return enter();
  if (welcome.reason != last_failure_)
    spdlog::error("the gateway at {} refuses this worker: {}", where(), welcome.reason);
  last_failure_ = welcome.reason;
  retry(welcome.reason, options_.timing.refused_pause);
}

void joiner_state::enter() {
  step_ = step::entering;
  self_->request(door_, options_.timing.step, proto::enter{})
      .then(
          [this, attempt = attempt_](const proto::router_port& router) {
            if (attempt == attempt_) link(router);
          },
          on_error());
}

void joiner_state::link(const proto::router_port& router) {
  step_ = step::linking;
  self_->demonitor(watched_);
  watched_ = router.address();
  self_->monitor(router);
  // The agent has a time limit of its own for the gateway's answer.
  self_->request(options_.agent, 2 * options_.timing.step, proto::link_request{router})
      .then(
          [this, attempt = attempt_](const proto::join_answer& answer) {
            if (attempt == attempt_) on_joined(answer);
          },
          on_error());
}

void joiner_state::on_joined(const proto::join_answer& answer) {
  step_ = step::joined;
  seat_ = join_count::join(options_.count);
  pauses_.reset();
  last_failure_.clear();
  spdlog::info("joined the gateway at {} as its worker {}", where(), answer.worker);
}

void joiner_state::on_down(const caf::down_msg& down) {
  if (down.source != watched_) return;
  watched_ = nullptr;
  if (step_ == step::joined) spdlog::warn("lost the gateway at {}", where());
  retry("the connection was lost", pauses_.next());
}

void joiner_state::fail(const caf::error& why) {
  if (why == caf::sec::request_timeout && node_) drop_connection(self_->system(), node_);
  retry(text(why), pauses_.next());
}

void joiner_state::retry(const std::string& why, join_timing::duration pause) {
  if (why != last_failure_) spdlog::warn("not joined to the gateway at {}: {}", where(), why);
  last_failure_ = why;
  seat_.reset();
  if (watched_) self_->demonitor(watched_);
  watched_ = nullptr;
  door_ = nullptr;
  node_ = caf::node_id{};
  ++attempt_;
  step_ = step::paused;
  tick_after(pause);
}

std::string joiner_state::where() const {
  auto v6 = options_.host.find(':') != std::string::npos;
  return (v6 ? "[" + options_.host + "]" : options_.host) + ":" + std::to_string(options_.port);
}

std::string joiner_state::text(const caf::error& why) const {
  if (why == caf::sec::request_timeout) return "no answer in time";
  return self_->system().render(why);
}

proto::joiner_actor::behavior_type joiner(joiner_state::pointer self, joiner_options options) {
  return self->state.make_behavior(std::move(options));
}

} // namespace squall::actors
