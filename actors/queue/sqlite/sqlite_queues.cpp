#include "actors/queue/sqlite/sqlite_queues.hpp"

#include <utility>

namespace squall::actors {
namespace {

const std::string item_counter = "last_item";
const std::string death_counter = "last_death";

} // namespace

sqlite_queues::sqlite_queues(SQLite::Database& database)
    : database_{database},
      read_{database,
            "SELECT id, name, ordering, maxsize, max_attempts, lease_ms, backoff_ms, "
            "backoff_cap_ms, ready, delayed, leased, dead, bytes, total_put, "
            "total_leased, total_acked, total_nacked, total_expired, paused, done, cancelled, "
            "ready_jobs, max_running, rate_count, rate_ms FROM queues"},
      read_counter_{database, "SELECT value FROM counters WHERE name = ?"},
      insert_{database, "INSERT INTO queues (name, ordering, maxsize, max_attempts, lease_ms, "
                        "backoff_ms, backoff_cap_ms, paused, max_running, rate_count, rate_ms) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      update_{database,
              "UPDATE queues SET ordering = ?2, maxsize = ?3, max_attempts = ?4, "
              "lease_ms = ?5, backoff_ms = ?6, backoff_cap_ms = ?7, paused = ?8, max_running = ?9, "
              "rate_count = ?10, rate_ms = ?11 WHERE id = ?1"},
      save_{database,
            "UPDATE queues SET ready = ?2, delayed = ?3, leased = ?4, dead = ?5, bytes = ?6, "
            "total_put = ?7, total_leased = ?8, total_acked = ?9, total_nacked = ?10, "
            "total_expired = ?11, done = ?12, cancelled = ?13, ready_jobs = ?14 WHERE id = ?1"},
      save_counter_{database, "REPLACE INTO counters VALUES (?1, ?2)"},
      erase_{database, "DELETE FROM queues WHERE id = ?"} {}

void sqlite_queues::load() {
  ids_.clear();
  queues_.clear();
  for (read_.begin(); read_.next();) {
    const auto small = [this](int column) {
      return static_cast<std::uint32_t>(read_.number(column));
    };
    auto name = read_.text(1);
    auto& queue = queues_[name];
    queue.id = read_.number(0);
    queue.name = std::move(name);
    queue.settings = {static_cast<proto::queue_order>(small(2)),
                      small(3),
                      small(4),
                      small(5),
                      small(6),
                      small(7),
                      small(18) != 0,
                      small(22),
                      small(23),
                      small(24)};
    auto& books = queue.books;
    for (int state = 0; state < 4; ++state)
      books.items[static_cast<std::size_t>(state)] = read_.number(8 + state);
    books.bytes = read_.number(12);
    books.total_put = read_.number(13);
    books.total_leased = read_.number(14);
    books.total_acked = read_.number(15);
    books.total_nacked = read_.number(16);
    books.total_expired = read_.number(17);
    books.in(item_state::done) = read_.number(19);
    books.in(item_state::cancelled) = read_.number(20);
    queue.ready_jobs = read_.number(21);
    ids_[queue.id] = &queue;
  }
  last_item_ = saved_item_ = counter(item_counter);
  last_death_ = saved_death_ = counter(death_counter);
}

std::uint64_t sqlite_queues::counter(const std::string& name) {
  read_counter_.begin(name);
  const auto value = read_counter_.next() ? read_counter_.number(0) : 0;
  read_counter_.end();
  return value;
}

void sqlite_queues::save() {
  for (auto& [name, queue] : queues_) {
    if (!queue.changed) continue;
    const auto& books = queue.books;
    save_.run(queue.id, books.items[0], books.items[1], books.items[2], books.items[3], books.bytes,
              books.total_put, books.total_leased, books.total_acked, books.total_nacked,
              books.total_expired, books.in(item_state::done), books.in(item_state::cancelled),
              queue.ready_jobs);
    queue.changed = false;
  }
  if (last_item_ != saved_item_) save_counter_.run(item_counter, last_item_);
  if (last_death_ != saved_death_) save_counter_.run(death_counter, last_death_);
  saved_item_ = last_item_;
  saved_death_ = last_death_;
}

void sqlite_queues::probe() {
  // REPLACE does write, where SQLite would leave out an UPDATE that changes nothing.
  save_counter_.run(item_counter, counter(item_counter));
}

stored_queue& sqlite_queues::add(std::string_view name, const proto::queue_settings& settings) {
  stored_queue made;
  made.name = name;
  made.settings = settings;
  insert_.run(made.name, static_cast<std::uint32_t>(settings.order), settings.maxsize,
              settings.max_attempts, settings.lease_ms, settings.backoff_ms,
              settings.backoff_cap_ms, settings.paused, settings.max_running, settings.rate_count,
              settings.rate_ms);
  made.id = static_cast<std::uint64_t>(database_.getLastInsertRowid());
  auto& added = queues_.emplace(made.name, std::move(made)).first->second;
  ids_[added.id] = &added;
  return added;
}

void sqlite_queues::set(stored_queue& queue, const proto::queue_settings& settings) {
  update_.run(queue.id, static_cast<std::uint32_t>(settings.order), settings.maxsize,
              settings.max_attempts, settings.lease_ms, settings.backoff_ms,
              settings.backoff_cap_ms, settings.paused, settings.max_running, settings.rate_count,
              settings.rate_ms);
  queue.settings = settings;
}

void sqlite_queues::erase(stored_queue& queue) {
  erase_.run(queue.id);
  ids_.erase(queue.id);
  queues_.erase(queues_.find(queue.name));
}

stored_queue* sqlite_queues::find(std::string_view name) {
  const auto found = queues_.find(name);
  return found == queues_.end() ? nullptr : &found->second;
}

} // namespace squall::actors
