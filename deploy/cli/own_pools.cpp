#include "deploy/cli/own_pools.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>
#include <utility>

namespace squall::cli {

own_pools::own_pools(std::vector<workers::pool_order> pools,
                     std::vector<workers::consume_order> consumes, std::string name,
                     const workers::registry& kinds)
    : pools_(std::move(pools)), consumes_(std::move(consumes)), name_(std::move(name)),
      kinds_(kinds) {}

void own_pools::start(caf::actor_system& system, const proto::router_port& router) {
  crew_.emplace(system, workers::describe_process(name_, true), pools_, consumes_, kinds_);
  const auto joined = actors::join_local(system, crew_->agent(), router);
  if (!joined) {
    throw std::runtime_error("the pools cannot join their own gateway: " +
                             system.render(joined.error()));
  }
}

void own_pools::drain(std::chrono::milliseconds within) {
  if (!crew_->drain_consumers(within)) spdlog::warn("items of queues were not finished in time");
}

void own_pools::stop() {
  crew_.reset();
}

} // namespace squall::cli
