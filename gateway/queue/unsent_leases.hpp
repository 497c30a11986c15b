#pragma once

#include "gateway/queue/queue_port.hpp"

#include <vector>

namespace squall::gateway {

/// Leases of items that are on their way to a client. Gives them back when it is destroyed before
/// they were sent: their client has gone. Io thread of the port, which outlives it.
class unsent_leases {
public:
  explicit unsent_leases(queue_port& queues) noexcept : queues_{&queues} {}
  ~unsent_leases();
  unsent_leases(const unsent_leases&) = delete;
  unsent_leases& operator=(const unsent_leases&) = delete;

  /// Watches over the leases of `items`. Their bodies are dropped: whoever calls has read them.
  void add(std::vector<proto::leased_item>&& items);
  /// Takes over what `other` watches.
  void add(unsent_leases&& other);
  /// The client has them.
  void sent() noexcept { items_.clear(); }
  bool empty() const noexcept { return items_.empty(); }

private:
  queue_port* queues_;
  std::vector<proto::leased_item> items_;
};

} // namespace squall::gateway
