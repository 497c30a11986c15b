#pragma once

#include "actors/queue/sqlite/sqlite_job_views.hpp"
#include "actors/queue/sqlite/sqlite_moves.hpp"
#include "actors/queue/sqlite/sqlite_queues.hpp"
#include "actors/queue/sqlite/sqlite_ready.hpp"
#include "actors/queue/store.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall::actors {

/// The operations of a SQLite store, to be called inside of a transaction. They are those of
/// `store`. Throws `SQLite::Exception` and `store_failure`; then the transaction must be rolled
/// back, and `load` be called in the next one.
class sqlite_work {
public:
  explicit sqlite_work(SQLite::Database& database)
      : queues_{database}, moves_{database, queues_}, ready_{database}, views_{database, queues_,
                                                                               moves_.items()} {}

  /// Reads what is kept in memory, and writes something, to see that this can be done.
  void load();
  /// Writes what is kept in memory; the last thing in a transaction.
  void save() { queues_.save(); }

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
  settled settled_of(const sqlite_item& item);
  void expire_one(sqlite_item& item, expired& out, unix_ms now);

  sqlite_queues queues_;
  sqlite_moves moves_;
  sqlite_ready ready_;
  sqlite_job_views views_;
  std::uint64_t last_put_ = 0;
};

} // namespace squall::actors
