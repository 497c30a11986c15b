#include "deploy/cli/own_pools.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <stdexcept>
#include <utility>

namespace squall::cli {

own_pools::own_pools(std::vector<workers::pool_order> orders, std::string name,
                     const workers::registry& kinds)
    : orders_(std::move(orders)), name_(std::move(name)), kinds_(kinds) {}

void own_pools::start(caf::actor_system& system, const proto::router_port& router) {
  system_ = &system;
  agent_ =
      workers::start_agent(system, workers::describe_process(name_, true), orders_, kinds_, loop_);
  const auto joined = actors::join_local(system, agent_, router);
  if (!joined) {
    throw std::runtime_error("the pools cannot join their own gateway: " +
                             system.render(joined.error()));
  }
}

void own_pools::stop() {
  if (!agent_) return;
  caf::scoped_actor self{*system_};
  self->send_exit(agent_, caf::exit_reason::user_shutdown);
  self->wait_for(agent_);
  agent_ = nullptr;
  loop_.stop();
}

} // namespace squall::cli
