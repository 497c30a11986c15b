#pragma once

#include "tests/actors/queue/store_home.hpp"

#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace squall::tests {

/// A durable store that is closed and opened again behind every tenth turn or so.
class reopened_store final : public actors::store {
public:
  reopened_store(store_kind kind, std::uint32_t seed) : home_{kind}, random_{seed} {}

  actors::defined define(std::string_view queue, const proto::queue_settings& settings) override {
    return items_->define(queue, settings);
  }
  std::optional<actors::removed> remove(std::string_view queue, actors::removal what) override {
    return items_->remove(queue, what);
  }
  std::vector<actors::put_outcome> put(std::span<actors::store_put> puts,
                                       actors::unix_ms now) override {
    return items_->put(puts, now);
  }
  std::vector<actors::lease_outcome> lease(std::span<const actors::store_lease> asks,
                                           actors::unix_ms now) override {
    return items_->lease(asks, now);
  }
  std::vector<std::optional<actors::settled>> settle(std::span<const actors::settlement> uses,
                                                     actors::unix_ms now) override {
    return items_->settle(uses, now);
  }
  actors::view look(const actors::question& what, actors::unix_ms now) override {
    return items_->look(what, now);
  }
  actors::expired expire(actors::unix_ms now) override { return items_->expire(now); }
  void commit() override {
    items_->commit();
    if (random_() % 10 != 0) return;
    items_.reset();
    items_ = home_.open();
  }

private:
  store_home home_;
  std::unique_ptr<store> items_ = home_.open();
  std::mt19937 random_;
};

} // namespace squall::tests
