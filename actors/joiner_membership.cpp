#include "actors/joiner_membership.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <thread>
#include <utility>

namespace squall::actors {

proto::membership_actor::behavior_type membership_state::make_behavior(membership_options options) {
  options_ = std::move(options);
  for (auto& name : options_.gateways)
    gateways_.push_back({name, {}, false, false});
  on_tick();
  return {
      [this](proto::tick) { on_tick(); },
      [this](const proto::resolved& found) { on_resolved(found); },
  };
}

membership_state::~membership_state() {
  for (auto& [address, joiner] : joiners_)
    caf::anon_send_exit(joiner, caf::exit_reason::user_shutdown);
}

void membership_state::on_tick() {
  for (auto& gateway : gateways_)
    look(gateway);
  self_->delayed_send(self_, options_.look_again, proto::tick{});
}

void membership_state::look(gateway& which) {
  if (std::exchange(which.looking, true)) return;
  // A thread that is not waited for: a lookup takes as long as the name servers let it, and the
  // process must be able to end meanwhile. It touches nothing but its own copies.
  std::thread{[self = self_->address(), name = which.name] {
    proto::resolved found{to_string(name), look_up(name.host)};
    if (auto to = caf::actor_cast<proto::membership_actor>(self))
      caf::anon_send(to, std::move(found));
  }}.detach();
}

void membership_state::on_resolved(const proto::resolved& found) {
  for (auto& gateway : gateways_) {
    if (to_string(gateway.name) != found.name) continue;
    gateway.looking = false;
    auto failed = found.addresses.empty();
    if (failed && !gateway.failed)
      spdlog::warn("the name {} resolves to no address", gateway.name.host);
    gateway.failed = failed;
    // A name server that is out of order is no reason to leave anybody.
    if (!failed) gateway.addresses = found.addresses;
  }
  apply();
}

void membership_state::apply() {
  std::set<proto::endpoint> now;
  for (auto& gateway : gateways_)
    for (auto& address : gateway.addresses)
      now.insert({address, gateway.name.port});
  auto changes = difference(addresses_, now);
  addresses_ = std::move(now);
  if (options_.count) options_.count->know(addresses_.size());
  for (auto& address : changes.gone) {
    auto node = joiners_.extract(address);
    caf::anon_send_exit(node.mapped(), caf::exit_reason::user_shutdown);
  }
  for (auto& address : changes.added)
    joiners_.emplace(
        address,
        self_->spawn(joiner, joiner_options{address.host, address.port, options_.agent,
                                            options_.hello, options_.timing, options_.count}));
}

proto::membership_actor::behavior_type membership(membership_state::pointer self,
                                                  membership_options options) {
  return self->state.make_behavior(std::move(options));
}

} // namespace squall::actors
