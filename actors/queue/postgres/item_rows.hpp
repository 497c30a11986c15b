#pragma once

#include "actors/queue/durable/stored_item.hpp"
#include "actors/queue/postgres/flight.hpp"
#include "actors/queue/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace squall::actors::postgres {

/// The columns of an item that `item_of` reads, the first ones of a statement's.
inline const std::string item_columns =
    "i.id, i.queue, i.state, i.priority, i.attempt, i.put_at, i.bytes, i.due, i.lease_high, "
    "i.lease_low, i.death, i.kind, i.random, i.max_attempts, i.timeout_ms, i.result_ttl_ms, "
    "i.expires, i.idempotency_key, i.unique_key, i.started, i.ended, i.changes, i.worker, "
    "i.progress";
inline constexpr int item_column_count = 24;
/// What stands in a row, from column `first` on.
stored_item item_of(const rows& from, int row, int first = 0);

/// The items that a transaction has to do with, locked and in memory until it ends. What
/// is changed is written by `flush`, with a few statements for all. Asks in the flight that it is
/// given, and knows the answers when that has landed.
class item_rows {
public:
  explicit item_rows(flight& through) : through_{through} {}

  /// To be known, and nobody else's until the transaction ends.
  void ask(const array_text& ids);
  /// Null when it was not asked for, or is not there.
  const stored_item* find(std::uint64_t id) const;
  /// One that was read elsewhere, locked.
  const stored_item& know(stored_item item);

  void add(const stored_item& row, std::int64_t rank, const proto::new_item& item, unix_ms now);
  /// All but what makes it a job, when that was not read.
  void update(const stored_item& item);
  void begin(std::uint64_t item, unix_ms now);
  void set_result(std::uint64_t item, const std::string& result);
  void erase(const stored_item& item);

  void add_failure(const stored_item& item, const std::string& error, const std::string& worker,
                   unix_ms now);
  void forget_failures(std::uint64_t item);

  /// Asks to have everything written.
  void flush();
  /// What is known and written may have been changed by other means.
  void forget() { entries_.clear(); }

private:
  struct entry {
    stored_item item;
    bool is_new = false;
    bool is_changed = false;
    std::int64_t rank = 0;             ///< new
    std::string body;                  ///< new
    std::optional<std::string> result; ///< to be written
  };
  struct failure {
    std::uint64_t item = 0;
    std::uint32_t attempt = 0;
    unix_ms at = 0;
    std::string error;
    std::string worker;
  };
  struct new_key {
    keyed_job job;
    unix_ms until = 0;
  };

  void insert_new();
  void insert_keys();
  void write_changed();
  void erase_gone();
  void write_failures();

  flight& through_;
  std::map<std::uint64_t, entry> entries_;
  std::map<std::string, new_key> keys_;
  std::set<std::uint64_t> gone_; ///< whose rows are still there
  array_text gone_keys_;         ///< of items that are gone,
  array_text gone_keys_items_;   ///< place by place
  std::vector<failure> failures_;
  array_text forgotten_;
};

} // namespace squall::actors::postgres
