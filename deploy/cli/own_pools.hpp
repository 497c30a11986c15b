#pragma once

#include "gateway/local_pools.hpp"
#include "workers/pools.hpp"

#include <string>
#include <vector>

namespace squall::cli {

/// The pools that `squall gateway --pool` serves in its own process. Owned by the command; outlives
/// the gateway's run.
class own_pools final : public gateway::local_pools {
public:
  /// `name` is the gateway's; empty: host name and pid.
  own_pools(std::vector<workers::pool_order> orders, std::string name,
            const workers::registry& kinds);

  void start(caf::actor_system& system, const proto::router_port& router) override;
  void stop() override;

private:
  std::vector<workers::pool_order> orders_;
  std::string name_;
  const workers::registry& kinds_;
  workers::event_loop loop_;
  proto::local_agent_actor agent_;
  caf::actor_system* system_ = nullptr;
};

} // namespace squall::cli
