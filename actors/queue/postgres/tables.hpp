#pragma once

#include "actors/queue/durable/store_tables.hpp"
#include "actors/queue/postgres/flight.hpp"
#include "actors/queue/postgres/item_rows.hpp"
#include "actors/queue/postgres/job_rows.hpp"
#include "actors/queue/postgres/queue_rows.hpp"
#include "actors/queue/postgres/ready_rows.hpp"
#include "actors/queue/store.hpp"
#include "proto/store_news.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::actors::postgres {

/// The tables of a PostgreSQL store for one transaction. Whatever an operation of the store needs
/// is fetched before it with few round trips (`prepare...`); what was not is fetched one by one.
/// Several gateways work in the tables at once: what must be exact over all of them (bounds, keys,
/// settings) is done under one advisory lock, the rest under locks of rows. Throws `error` and
/// `store_failure`; then the transaction must be rolled back.
class tables final : public store_tables {
public:
  /// \param deaths numbers that are not used yet, the last one first
  tables(connection& link, std::uint64_t writer, unix_ms now, std::vector<std::uint64_t>& deaths);

  void prepare_admin(std::string_view queue);
  void prepare_put(std::span<const store_put> puts);
  void prepare_lease(std::span<const store_lease> asks);
  void prepare_settle(std::span<const settlement> uses);
  void prepare_look(const question& what);

  /// Queues with ready items, when there are other gateways: locks of theirs may have hidden items.
  std::vector<std::string> shared_ready();
  proto::store_news& news() noexcept { return news_; }
  /// Writes everything, tells the others as `from`, and ends the transaction.
  void commit(std::string_view from);

  stored_queue* find_queue(std::string_view name) override;
  stored_queue& queue(std::uint64_t id) override;
  std::vector<stored_queue*> all_queues() override { return queues_.all(); }
  std::size_t count_queues() override { return queues_.count(); }
  stored_queue& add_queue(std::string_view name, const proto::queue_settings& settings) override;
  void set_queue(stored_queue& queue, const proto::queue_settings& settings) override;
  void erase_queue(stored_queue& queue) override;

  std::uint64_t new_item() override;
  std::uint64_t new_death() override;
  void add(const stored_item& row, const stored_queue& queue, const proto::new_item& item,
           unix_ms now) override;
  std::optional<stored_item> find(std::uint64_t id) override;
  void complete(stored_item&) override {}
  void update(const stored_item& item) override;
  void begin(std::uint64_t item, unix_ms now) override;
  void set_result(std::uint64_t item, const std::string& result) override {
    items_.set_result(item, result);
  }
  void erase(const stored_item& item) override;
  erased erase_all(const stored_queue& queue, std::uint32_t states) override;

  void add_failure(const stored_item& item, const std::string& error, const std::string& worker,
                   unix_ms now) override {
    items_.add_failure(item, error, worker, now);
  }
  void forget_failures(std::uint64_t item) override { items_.forget_failures(item); }

  std::optional<keyed_job> with_key(const std::string& key, unix_ms now) override;
  std::optional<std::uint64_t> unique(std::uint64_t queue, const std::string& key) override;
  void take_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) override;
  void free_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) override;

  std::vector<proto::leased_item>
  next(const stored_queue& queue, std::span<const std::string> kinds, std::uint32_t most) override {
    return ready_.next(queue, kinds, most);
  }
  std::vector<stored_item> due(unix_ms now, std::uint32_t most) override;
  std::optional<unix_ms> next_due() override;
  std::vector<stored_item> leased(const stored_queue& queue) override;
  std::vector<proto::dead_item> dead(const stored_queue& queue, std::uint32_t most) override;
  std::optional<unix_ms> oldest(const stored_queue& queue) override;

  std::optional<proto::job_view> view(std::uint64_t item) override;
  std::vector<proto::job_view> views(std::span<const proto::job_id> ids) override;
  void list(const proto::job_filter& which, actors::view& out) override;

private:
  using unique_key = std::pair<std::uint64_t, std::string>; ///< (queue, key)

  struct key {
    keyed_job job;
    unix_ms until = 0; ///< 0: it stands for none
  };

  /// Asks for the lock. What is read behind it is exact until the transaction ends.
  void lock_out_others();
  void ask_numbers(std::size_t count);
  void ask_keys(std::span<const store_put> puts);
  void ask_unique(const std::string& queue, const array_text& keys);
  static bool has_limits(const stored_queue* queue) noexcept;
  /// Of items: each of them, and its queue.
  std::vector<stored_item> fetch_items(const query& what, std::uint64_t first,
                                       std::uint64_t second);

  flight through_;
  queue_rows queues_;
  item_rows items_;
  ready_rows ready_;
  job_rows jobs_;
  unix_ms now_;
  std::vector<std::uint64_t>& deaths_;
  std::deque<std::uint64_t> numbers_; ///< that are free
  bool alone_ = false;                ///< the lock is held
  std::set<std::string> exact_;       ///< queues to lease from that were read since then
  std::map<std::string, key> keys_;
  std::map<unique_key, std::optional<std::uint64_t>> unique_;
  std::set<std::pair<std::string, std::string>> asked_unique_; ///< (queue's name, key)
  proto::store_news news_;
};

} // namespace squall::actors::postgres
