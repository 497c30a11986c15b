#include "gateway/queue/unsent_leases.hpp"

#include <utility>

namespace squall::gateway {

unsent_leases::~unsent_leases() {
  for (const auto& item : items_)
    queues_->release(item);
}

void unsent_leases::add(std::vector<proto::leased_item>&& items) {
  for (auto& item : items) {
    item.body = {};
    items_.push_back(std::move(item));
  }
}

void unsent_leases::add(unsent_leases&& other) {
  add(std::exchange(other.items_, {}));
}

} // namespace squall::gateway
