#pragma once

#include "gateway/local_pools.hpp"
#include "workers/changed_work.hpp"
#include "workers/crew.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace squall::cli {

/// The pools that `squall gateway --pool` serves in its own process, and the consumers of its
/// `--consume`. Owned by the command; outlives the gateway's run.
class own_pools final : public gateway::local_pools {
public:
  /// `name` is the gateway's; empty: host name and pid.
  own_pools(workers::work_orders orders, std::string name, const workers::registry& kinds);

  /// Serves these from now on, see `workers::crew::change`. From any thread that is no actor's.
  /// Throws `std::runtime_error` while the gateway drains; then nothing has changed.
  void change(const workers::work_orders& orders);

  void start(caf::actor_system& system, const proto::router_port& router) override;
  void drain(std::chrono::milliseconds within) override;
  void stop() override;

private:
  std::mutex mutex_; ///< of what follows
  workers::work_orders orders_;
  bool draining_ = false;
  std::string name_;
  const workers::registry& kinds_;
  std::optional<workers::crew> crew_;
};

} // namespace squall::cli
