// What operations need is fetched before them, with few round trips.
#include "actors/queue/postgres/tables.hpp"

#include "actors/queue/durable/lease_text.hpp"

#include <algorithm>
#include <set>

namespace squall::actors::postgres {
namespace {

/// "Sqll" names our locks among others'; the number says which one it is (schema.cpp has another).
const query lock{"lock", "SELECT pg_advisory_xact_lock(1399940204, 1)"};
/// A queue is changed under both its lock and the other one, in this order. So it stays as it is
/// for whoever has either, and who puts into it may take the other one later without a deadlock.
/// Many queues share a lock, for a server has room for few.
std::string queue_locks(const std::string& how) {
  return "SELECT pg_advisory_xact_lock" + how +
         "(1399940206, number) FROM (SELECT DISTINCT hashtext(name) & 63 AS number FROM "
         "unnest($1::text[]) AS name ORDER BY number) AS locks";
}
const query keep_queues{"keep_queues", queue_locks("_shared")};
const query change_queue{"change_queue", queue_locks("")};
const query new_numbers{"new_numbers",
                        "SELECT nextval('item_numbers') FROM generate_series(1, $1::bigint)"};
const query select_keys{"keys", "SELECT key, item, fingerprint, until FROM job_keys WHERE "
                                "key = ANY($1::text[])"};
const query select_unique{"unique_jobs",
                          "SELECT i.queue, i.unique_key, i.id FROM items i JOIN queues q ON "
                          "q.id = i.queue WHERE q.name = $1 AND unique_key = ANY($2::text[]) AND "
                          "unique_key <> '' AND state < 3"};

bool is_keyed(const proto::new_item& item) noexcept {
  return !item.job.idempotency_key.empty() || !item.job.unique_key.empty();
}

} // namespace

void tables::lock_out_others() {
  if (std::exchange(alone_, true)) return;
  through_.tell(lock);
}

bool tables::has_limits(const stored_queue* queue) noexcept {
  return queue && (queue->settings.maxsize > 0 || queue->settings.max_running > 0 ||
                   queue->settings.rate_count > 0);
}

void tables::prepare_admin(std::string_view queue) {
  items_.flush();
  array_text names;
  names.add(queue);
  through_.tell(change_queue, names);
  lock_out_others();
  queues_.ask({std::string{queue}});
  through_.land();
}

void tables::prepare_put(std::span<const store_put> puts) {
  std::set<std::string, std::less<>> names;
  std::size_t items = 0;
  bool keyed = false;
  for (const auto& each : puts) {
    names.emplace(each.queue);
    items += each.items.size();
    keyed |= std::ranges::any_of(each.items, is_keyed);
  }
  const std::vector<std::string> queues{names.begin(), names.end()};
  if (keyed) {
    items_.flush();
    lock_out_others();
  }
  if (!alone_) {
    array_text kept;
    for (const auto& each : queues)
      kept.add(std::string_view{each});
    through_.tell(keep_queues, kept);
  }
  queues_.ask(queues);
  if (keyed) ask_keys(puts);
  ask_numbers(items);
  through_.land();
  const auto limited = [this](const std::string& each) { return has_limits(queues_.find(each)); };
  if (alone_ || std::ranges::none_of(queues, limited)) return;
  lock_out_others();
  queues_.ask(queues);
  through_.land();
}

void tables::ask_numbers(std::size_t count) {
  if (count <= numbers_.size()) return;
  through_.ask(
      [this](const rows& from) {
        for (int row = 0; row < from.size(); ++row)
          numbers_.push_back(from.number(row, 0));
      },
      new_numbers, count - numbers_.size());
}

void tables::ask_keys(std::span<const store_put> puts) {
  array_text keys;
  std::map<std::string, array_text> unique; // by queue
  for (const auto& put : puts)
    for (const auto& [body, priority, delay_ms, job] : put.items) {
      if (!job.idempotency_key.empty() && keys_.try_emplace(job.idempotency_key).second)
        keys.add(std::string_view{job.idempotency_key});
      if (!job.unique_key.empty())
        unique[std::string{put.queue}].add(std::string_view{job.unique_key});
      asked_unique_.emplace(put.queue, job.unique_key);
    }
  if (!keys.empty())
    through_.ask(
        [this](const rows& from) {
          for (int row = 0; row < from.size(); ++row)
            keys_[std::string{from.text(row, 0)}] = {{from.number(row, 1), from.number(row, 2)},
                                                     from.number(row, 3)};
        },
        select_keys, keys);
  for (const auto& [queue, wanted] : unique)
    ask_unique(queue, wanted);
}

void tables::ask_unique(const std::string& queue, const array_text& keys) {
  through_.ask(
      [this](const rows& from) {
        for (int row = 0; row < from.size(); ++row)
          unique_.try_emplace({from.number(row, 0), std::string{from.text(row, 1)}},
                              from.number(row, 2));
      },
      select_unique, queue, keys);
}

void tables::prepare_lease(std::span<const store_lease> asks) {
  std::set<std::string, std::less<>> names;
  std::vector<std::string> fresh;
  for (const auto& each : asks)
    if (names.emplace(each.queue).second && !queues_.knows(each.queue))
      fresh.emplace_back(each.queue);
  if (!fresh.empty()) queues_.ask(fresh);
  through_.land();
  if (alone_) exact_.insert(fresh.begin(), fresh.end());
  std::vector<std::string> limited;
  for (const auto& each : names)
    if (has_limits(queues_.find(each)) && exact_.insert(each).second) limited.push_back(each);
  if (!limited.empty()) {
    lock_out_others();
    queues_.ask(limited);
    through_.land();
  }
  ready_.forget();
  for (const auto& each : asks) {
    const auto* queue = queues_.find(each.queue);
    if (queue && !queue->settings.paused && queue->settings.max_running == 0 &&
        queue->settings.rate_count == 0)
      ready_.expect(*queue, each.kinds, each.most);
  }
}

void tables::prepare_settle(std::span<const settlement> uses) {
  array_text ids;
  std::set<std::string> queues;
  bool releases = false;
  for (const auto& each : uses) {
    if (each.what == settling::revive) {
      queues.insert(each.queue);
      ids.add(each.item);
    } else if (each.what == settling::cancel) {
      ids.add(proto::item_of(each.job));
    } else if (const auto named = lease_of(each.lease)) {
      ids.add(named->item);
      releases |= each.what == settling::release;
    }
  }
  if (!queues.empty()) {
    lock_out_others();
    queues_.ask({queues.begin(), queues.end()});
  }
  if (!ids.empty()) {
    items_.ask(ids);
    queues_.ask_of_items(ids);
  }
  through_.land();
  if (!releases || alone_) return;
  std::vector<std::string> rated;
  for (const auto* each : queues_.all())
    if (each->settings.rate_count > 0) rated.push_back(each->name);
  if (rated.empty()) return;
  lock_out_others();
  queues_.ask(rated);
  through_.land();
}

void tables::prepare_look(const question& what) {
  items_.flush();
  if (const auto* books = std::get_if<books_of>(&what); books && !books->queue.empty())
    queues_.ask({std::string{books->queue}});
  else if (!std::holds_alternative<jobs_named>(what))
    queues_.ask_all();
  through_.land();
}

} // namespace squall::actors::postgres
