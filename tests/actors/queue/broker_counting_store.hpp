#pragma once

#include "actors/queue/memory_store.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace squall::tests {

/// How often a store was used; each use of one on a server is a way there and back.
struct store_uses {
  unsigned puts = 0;
  unsigned leases = 0;
  unsigned settles = 0;
  unsigned looks = 0;

  unsigned all() const { return puts + leases + settles + looks; }
};

/// A store in memory that counts. `uses` outlives it.
class counting_store final : public actors::store {
public:
  explicit counting_store(store_uses& uses) : uses_{uses} {}

  actors::defined define(std::string_view queue, const proto::queue_settings& settings) override {
    return items_->define(queue, settings);
  }
  std::optional<actors::removed> remove(std::string_view queue, actors::removal what) override {
    return items_->remove(queue, what);
  }
  std::vector<actors::put_outcome> put(std::span<actors::store_put> puts,
                                       actors::unix_ms now) override {
    ++uses_.puts;
    return items_->put(puts, now);
  }
  std::vector<actors::lease_outcome> lease(std::span<const actors::store_lease> asks,
                                           actors::unix_ms now) override {
    ++uses_.leases;
    return items_->lease(asks, now);
  }
  std::vector<std::optional<actors::settled>> settle(std::span<const actors::settlement> uses,
                                                     actors::unix_ms now) override {
    ++uses_.settles;
    return items_->settle(uses, now);
  }
  actors::view look(const actors::question& what, actors::unix_ms now) override {
    ++uses_.looks;
    return items_->look(what, now);
  }
  actors::expired expire(actors::unix_ms now) override { return items_->expire(now); }
  void commit() override { items_->commit(); }

private:
  store_uses& uses_;
  std::unique_ptr<actors::store> items_ = actors::make_memory_store(16 << 20);
};

} // namespace squall::tests
