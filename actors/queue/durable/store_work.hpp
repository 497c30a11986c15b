#pragma once

#include "actors/queue/durable/item_moves.hpp"
#include "actors/queue/durable/store_tables.hpp"
#include "actors/queue/store.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace squall::actors {

/// The operations of a durable store by its rules, whatever its tables are kept in. They are those
/// of `store`, and to be called inside of a transaction of the tables. Throws what these throw.
class store_work {
public:
  explicit store_work(store_tables& tables) : tables_{tables}, moves_{tables} {}

  defined define(std::string_view queue, const proto::queue_settings& settings);
  std::optional<removed> remove(std::string_view queue, removal what);
  std::vector<put_outcome> put(std::span<store_put> puts, unix_ms now);
  std::vector<lease_outcome> lease(std::span<const store_lease> asks, unix_ms now);
  std::vector<std::optional<settled>> settle(std::span<const settlement> uses, unix_ms now);
  view look(const question& what, unix_ms now);
  expired expire(unix_ms now);

private:
  std::vector<queue_view> books(const books_of& what, unix_ms now);
  put_outcome put_one(store_put& put, unix_ms now);
  lease_outcome lease_one(const store_lease& ask, unix_ms now);
  std::optional<settled> settle_one(const settlement& use, unix_ms now);
  std::optional<settled> use_lease(const settlement& use, unix_ms now);
  std::optional<settled> revive(const settlement& use);
  std::optional<settled> cancel(const settlement& use, unix_ms now);
  /// What is told of an item that was settled.
  settled settled_of(const stored_item& item);
  void expire_one(stored_item& item, expired& out, unix_ms now);

  store_tables& tables_;
  item_moves moves_;
  std::uint64_t last_put_ = 0;
};

} // namespace squall::actors
