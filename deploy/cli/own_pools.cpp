#include "deploy/cli/own_pools.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>
#include <utility>

namespace squall::cli {

own_pools::own_pools(workers::work_orders orders, std::string name, const workers::registry& kinds)
    : orders_(std::move(orders)), name_(std::move(name)), kinds_(kinds) {}

void own_pools::start(caf::actor_system& system, const proto::router_port& router) {
  const std::lock_guard guard(mutex_);
  crew_.emplace(system, workers::describe_process(name_, true), orders_.pools, orders_.consumes,
                kinds_);
  const auto joined = actors::join_local(system, crew_->agent(), router);
  if (!joined) {
    throw std::runtime_error("the pools cannot join their own gateway: " +
                             system.render(joined.error()));
  }
}

void own_pools::change(const workers::work_orders& orders) {
  const std::lock_guard guard(mutex_);
  if (draining_) throw std::runtime_error("this gateway is draining");
  const auto what = workers::changed_work(orders_, orders);
  if (what.empty()) {
    spdlog::info("the pools and consumed queues are as they were");
    return;
  }
  if (crew_) crew_->change(orders.pools, orders.consumes);
  orders_ = orders;
  spdlog::info("changed: {}", what);
}

void own_pools::drain(std::chrono::milliseconds within) {
  {
    const std::lock_guard guard(mutex_);
    draining_ = true;
  }
  if (!crew_->drain_consumers(within)) spdlog::warn("items of queues were not finished in time");
}

void own_pools::stop() {
  const std::lock_guard guard(mutex_);
  draining_ = true;
  crew_.reset();
}

} // namespace squall::cli
