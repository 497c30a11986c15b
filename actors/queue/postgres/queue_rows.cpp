#include "actors/queue/postgres/queue_rows.hpp"

#include <set>
#include <tuple>
#include <utility>

namespace squall::actors::postgres {
namespace {

/// A rate `$2` or now is that of `decayed_rate`; what is very old is nothing.
std::string decayed(const std::string& rate, const std::string& since, const std::string& now) {
  return rate + " * exp(greatest(-50, least(0, (" + since + " - " + now + ") / " +
         std::to_string(decayed_rate::seconds * 1'000) + ")))";
}

/// What `read` reads, of queues `q`. `$2` is now.
const std::string select_queues =
    "SELECT q.id, name, ordering, maxsize, max_attempts, lease_ms, backoff_ms, backoff_cap_ms, "
    "paused, max_running, rate_count, rate_ms, bucket_count, bucket_item, bucket_level, "
    "bucket_since, b.* FROM queues q CROSS JOIN LATERAL (SELECT sum(ready), sum(delayed), "
    "sum(leased), sum(dead), sum(done), sum(cancelled), sum(ready_jobs), sum(bytes), "
    "sum(total_put), sum(total_leased), sum(total_acked), sum(total_nacked), sum(total_expired), "
    "sum(" +
    decayed("put_rate", "rates_at", "$2::bigint") + "), sum(" +
    decayed("ack_rate", "rates_at", "$2::bigint") + ") FROM books WHERE queue = q.id) b ";

const query select_named{"queues_named",
                         select_queues + "WHERE name = ANY($1::text[]) ORDER BY q.id"};
const query select_all{"queues_all", select_queues + "WHERE $1::int = 0"};
const query select_of_items{
    "queues_of_items",
    select_queues + "WHERE q.id IN (SELECT queue FROM items WHERE id = ANY($1::bigint[]))"};
const query select_number{"queue_number", select_queues + "WHERE q.id = $1::bigint"};
const query insert_queue{
    "insert_queue",
    "INSERT INTO queues (name, ordering, maxsize, max_attempts, lease_ms, backoff_ms, "
    "backoff_cap_ms, paused, max_running, rate_count, rate_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, "
    "$8, $9, $10, $11) ON CONFLICT (name) DO NOTHING"};
const query update_queue{
    "update_queue",
    "UPDATE queues SET ordering = $2, maxsize = $3, max_attempts = $4, lease_ms = $5, "
    "backoff_ms = $6, backoff_cap_ms = $7, paused = $8, max_running = $9, rate_count = $10, "
    "rate_ms = $11 WHERE id = $1"};
const query reorder_items{
    "reorder_items",
    "UPDATE items SET rank = CASE $2::int WHEN 1 THEN -id WHEN 2 THEN 9 - priority ELSE 0 END "
    "WHERE queue = $1"};
const query erase_queue{"erase_queue", "DELETE FROM queues WHERE id = $1"};
const query erase_books{"erase_books", "DELETE FROM books WHERE queue = $1"};
const query count_queues{"count_queues", "SELECT count(*) FROM queues"};
const query update_rate{"update_rate",
                        "UPDATE queues SET bucket_count = $2, bucket_item = $3, bucket_level = $4, "
                        "bucket_since = $5 WHERE id = $1"};

std::string added(const std::string& column) {
  return column + " = books." + column + " + EXCLUDED." + column;
}
std::string insert_books() {
  const std::string names[] = {"ready",        "delayed",      "leased",      "dead",
                               "done",         "cancelled",    "ready_jobs",  "bytes",
                               "total_put",    "total_leased", "total_acked", "total_nacked",
                               "total_expired"};
  std::string columns = "queue, writer, rates_at";
  std::string arrays = "$1::bigint[]";
  std::string given = "queue";
  std::string changes;
  int place = 3;
  for (const auto& each : names) {
    columns += ", " + each;
    given += ", " + each;
    arrays += ", $" + std::to_string(++place) + "::bigint[]";
    changes += added(each) + ", ";
  }
  const std::string seconds = std::to_string(decayed_rate::seconds);
  const auto rate = [](const std::string& column) {
    return column + " = EXCLUDED." + column + " + " +
           decayed("books." + column, "books.rates_at", "EXCLUDED.rates_at");
  };
  return "INSERT INTO books (" + columns +
         ", put_rate, ack_rate) SELECT queue, $2::int, $3::bigint" + given.substr(5) +
         ", total_put / " + seconds + ", total_acked / " + seconds + " FROM unnest(" + arrays +
         ") AS added (" + given + ") ON CONFLICT (queue, writer) DO UPDATE SET " + changes +
         rate("put_rate") + ", " + rate("ack_rate") +
         ", rates_at = greatest(books.rates_at, EXCLUDED.rates_at)";
}
const query upsert_books{"upsert_books", insert_books()};

} // namespace

queue_rows::counts queue_rows::counts_of(const stored_queue& queue) noexcept {
  const auto& books = queue.books;
  const auto& [ready, delayed, leased, dead, done, cancelled] = books.items;
  return {ready,
          delayed,
          leased,
          dead,
          done,
          cancelled,
          queue.ready_jobs,
          books.bytes,
          books.total_put,
          books.total_leased,
          books.total_acked,
          books.total_nacked,
          books.total_expired};
}

void queue_rows::set_counts(stored_queue& queue, const counts& to) noexcept {
  auto& books = queue.books;
  auto next = to.begin();
  for (auto& each : books.items)
    each = *next++;
  for (auto* each : {&queue.ready_jobs, &books.bytes, &books.total_put, &books.total_leased,
                     &books.total_acked, &books.total_nacked, &books.total_expired})
    *each = *next++;
}

void queue_rows::ask(const std::vector<std::string>& names) {
  array_text wanted;
  for (const auto& each : names) {
    wanted.add(each);
    asked_[each] = true;
  }
  through_.ask(
      [this, names](const rows& from) {
        forget_gone(names, from);
        read(from);
      },
      select_named, wanted, now_);
}

void queue_rows::ask_all() {
  through_.ask([this](const rows& from) { read(from); }, select_all, 0, now_);
}

void queue_rows::ask_of_items(const array_text& items) {
  through_.ask([this](const rows& from) { read(from); }, select_of_items, items, now_);
}

void queue_rows::ask_number(std::uint64_t id) {
  through_.ask([this](const rows& from) { read(from); }, select_number, id, now_);
}

void queue_rows::forget_gone(const std::vector<std::string>& names, const rows& from) {
  std::set<std::uint64_t> there;
  for (int row = 0; row < from.size(); ++row)
    there.insert(from.number(row, 0));
  for (const auto& each : names) {
    const auto found = queues_.find(each);
    if (found == queues_.end() || there.contains(found->second.queue.id)) continue;
    numbers_.erase(found->second.queue.id);
    queues_.erase(found);
  }
}

void queue_rows::read(const rows& from) {
  for (int row = 0; row < from.size(); ++row) {
    auto& known = queues_[std::string{from.text(row, 1)}];
    auto& queue = known.queue;
    const bool is_new = queue.id == 0;
    auto counted = counts_of(queue);
    for (std::size_t i = 0; i < counters; ++i)
      counted[i] -= known.read[i];
    queue.id = from.number(row, 0);
    queue.name = from.text(row, 1);
    int column = 2;
    const auto next = [&] { return from.number(row, column++); };
    const auto small = [&] { return static_cast<std::uint32_t>(next()); };
    auto& settings = queue.settings;
    settings.order = static_cast<proto::queue_order>(next());
    for (auto* each : {&settings.maxsize, &settings.max_attempts, &settings.lease_ms,
                       &settings.backoff_ms, &settings.backoff_cap_ms})
      *each = small();
    settings.paused = next() != 0;
    for (auto* each : {&settings.max_running, &settings.rate_count, &settings.rate_ms})
      *each = small();
    auto& rate = known.read_rate;
    const bool is_used = queue.rate.kept() != rate; // under the lock
    for (auto* each : {&rate.count, &rate.item, &rate.level, &rate.since_ms})
      *each = next();
    if (!is_used) queue.rate = rate_bucket{rate};
    for (auto& each : known.read)
      each = next();
    for (std::size_t i = 0; i < counters; ++i)
      counted[i] += known.read[i];
    set_counts(queue, counted);
    if (is_new) queue.books.put_rate = decayed_rate{from.real(row, column), now_};
    if (is_new) queue.books.ack_rate = decayed_rate{from.real(row, column + 1), now_};
    numbers_[queue.id] = &known;
    asked_[queue.name] = true;
  }
}

stored_queue* queue_rows::find(std::string_view name) {
  const auto found = queues_.find(name);
  return found == queues_.end() ? nullptr : &found->second.queue;
}

stored_queue* queue_rows::find(std::uint64_t id) {
  const auto found = numbers_.find(id);
  return found == numbers_.end() ? nullptr : &found->second->queue;
}

std::vector<stored_queue*> queue_rows::all() {
  std::vector<stored_queue*> out;
  for (auto& [name, known] : queues_)
    out.push_back(&known.queue);
  return out;
}

stored_queue& queue_rows::add(const std::string& name, const proto::queue_settings& settings) {
  through_.tell(insert_queue, name, static_cast<std::uint32_t>(settings.order), settings.maxsize,
                settings.max_attempts, settings.lease_ms, settings.backoff_ms,
                settings.backoff_cap_ms, settings.paused, settings.max_running, settings.rate_count,
                settings.rate_ms);
  ask({name}); // another gateway may have been first
  through_.land();
  auto* const made = find(name);
  if (!made) throw store_failure{"queue " + name + " is being made and removed at once"};
  return *made;
}

void queue_rows::set(stored_queue& queue, const proto::queue_settings& settings) {
  const auto order = static_cast<std::uint32_t>(settings.order);
  through_.tell(update_queue, queue.id, order, settings.maxsize, settings.max_attempts,
                settings.lease_ms, settings.backoff_ms, settings.backoff_cap_ms, settings.paused,
                settings.max_running, settings.rate_count, settings.rate_ms);
  if (settings.order != queue.settings.order) through_.tell(reorder_items, queue.id, order);
  queue.settings = settings;
}

void queue_rows::erase(const stored_queue& queue) {
  through_.tell(erase_queue, queue.id);
  through_.tell(erase_books, queue.id);
  numbers_.erase(queue.id);
  queues_.erase(std::string{queue.name});
}

std::uint64_t queue_rows::count() {
  std::uint64_t out = 0;
  through_.fetch([&out](const rows& from) { out = from.number(0, 0); }, count_queues);
  return out;
}

void queue_rows::save() {
  save_books();
  save_rates();
}

void queue_rows::save_books() {
  array_text queues;
  std::array<array_text, counters> columns;
  for (const auto& [name, known] : queues_) {
    const auto now = counts_of(known.queue);
    if (now == known.read) continue;
    queues.add(known.queue.id);
    for (std::size_t i = 0; i < counters; ++i)
      columns[i].add(now[i] - known.read[i]);
  }
  if (queues.empty()) return;
  std::apply(
      [&](const auto&... each) { through_.tell(upsert_books, queues, writer_, now_, each...); },
      columns);
}

void queue_rows::save_rates() {
  for (const auto& [name, known] : queues_) {
    const auto& rate = known.queue.rate.kept();
    if (rate != known.read_rate)
      through_.tell(update_rate, known.queue.id, rate.count, rate.item, rate.level, rate.since_ms);
  }
}

} // namespace squall::actors::postgres
