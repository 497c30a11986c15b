#pragma once

#include "actors/queue/durable/store_tables.hpp"
#include "actors/queue/sqlite/recent_items.hpp"
#include "actors/queue/sqlite/sqlite_items.hpp"
#include "actors/queue/sqlite/sqlite_job_views.hpp"
#include "actors/queue/sqlite/sqlite_jobs.hpp"
#include "actors/queue/sqlite/sqlite_queues.hpp"
#include "actors/queue/sqlite/sqlite_ready.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall::actors {

/// The tables of a SQLite store. Throws `SQLite::Exception` and `store_failure`; then the
/// transaction must be rolled back, and `load` be called in the next one.
class sqlite_tables final : public store_tables {
public:
  explicit sqlite_tables(SQLite::Database& database)
      : queues_{database}, items_{database}, jobs_{database}, ready_{database, recent_},
        views_{database, queues_, items_, recent_} {}

  /// Reads what is kept in memory, and writes something, to see that this can be done.
  void load();
  /// Writes what is kept in memory; the last thing in a transaction.
  void save() { queues_.save(); }

  stored_queue* find_queue(std::string_view name) override { return queues_.find(name); }
  stored_queue& queue(std::uint64_t id) override { return queues_.at(id); }
  std::vector<stored_queue*> all_queues() override;
  std::size_t count_queues() override { return queues_.all().size(); }
  stored_queue& add_queue(std::string_view name, const proto::queue_settings& settings) override {
    return queues_.add(name, settings);
  }
  void set_queue(stored_queue& queue, const proto::queue_settings& settings) override;
  void erase_queue(stored_queue& queue) override { queues_.erase(queue); }

  std::uint64_t new_item() override { return queues_.new_item(); }
  std::uint64_t new_death() override { return queues_.new_death(); }
  void add(const stored_item& row, const stored_queue& queue, const proto::new_item& item,
           unix_ms now) override;
  std::optional<stored_item> find(std::uint64_t id) override;
  void complete(stored_item& item) override;
  void update(const stored_item& item) override;
  void begin(std::uint64_t item, unix_ms now) override;
  void set_result(std::uint64_t item, const std::string& result) override;
  void erase(const stored_item& item) override;
  erased erase_all(const stored_queue& queue, std::uint32_t states) override;

  void add_failure(const stored_item& item, const std::string& error, const std::string& worker,
                   unix_ms now) override;
  void forget_failures(std::uint64_t item) override { items_.forget_failures(item); }

  std::optional<keyed_job> with_key(const std::string& key, unix_ms now) override {
    return jobs_.with_key(key, now);
  }
  std::optional<std::uint64_t> unique(std::uint64_t queue, const std::string& key) override {
    return jobs_.unique(queue, key);
  }
  void take_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) override {
    jobs_.take_unique(queue, key, item);
  }
  void free_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) override {
    jobs_.free_unique(queue, key, item);
  }

  std::vector<proto::leased_item>
  next(const stored_queue& queue, std::span<const std::string> kinds, std::uint32_t most) override;
  std::vector<stored_item> due(unix_ms now, std::uint32_t most) override {
    return items_.due(now, most);
  }
  std::optional<unix_ms> next_due() override { return items_.next_due(); }
  std::vector<stored_item> leased(const stored_queue& queue) override {
    return items_.leased(queue.id);
  }
  std::vector<proto::dead_item> dead(const stored_queue& queue, std::uint32_t most) override {
    return items_.dead(queue.id, most);
  }
  std::optional<unix_ms> oldest(const stored_queue& queue) override;

  std::optional<proto::job_view> view(std::uint64_t item) override { return views_.find(item); }
  std::vector<proto::job_view> views(std::span<const proto::job_id> ids) override;
  void list(const proto::job_filter& which, actors::view& out) override { views_.list(which, out); }

private:
  sqlite_queues queues_;
  recent_items recent_;
  sqlite_items items_;
  sqlite_jobs jobs_;
  sqlite_ready ready_;
  sqlite_job_views views_;
};

} // namespace squall::actors
