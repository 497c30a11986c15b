#pragma once

#include "gateway/local_pools.hpp"
#include "workers/crew.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace squall::cli {

/// The pools that `squall gateway --pool` serves in its own process, and the consumers of its
/// `--consume`. Owned by the command; outlives the gateway's run.
class own_pools final : public gateway::local_pools {
public:
  /// `name` is the gateway's; empty: host name and pid.
  own_pools(std::vector<workers::pool_order> pools, std::vector<workers::consume_order> consumes,
            std::string name, const workers::registry& kinds);

  void start(caf::actor_system& system, const proto::router_port& router) override;
  void drain(std::chrono::milliseconds within) override;
  void stop() override;

private:
  std::vector<workers::pool_order> pools_;
  std::vector<workers::consume_order> consumes_;
  std::string name_;
  const workers::registry& kinds_;
  std::optional<workers::crew> crew_;
};

} // namespace squall::cli
