#include "actors/queue/sqlite/sqlite_items.hpp"

#include "actors/queue/failures.hpp"

#include <utility>

namespace squall::actors {
namespace {

/// What `item_of` reads.
const std::string select_item = "SELECT id, queue, state, attempt, bytes, due, lease_high, "
                                "lease_low, death, put_at, is_job, priority FROM items ";

stored_item item_of(const statement& row) {
  stored_item out;
  out.id = row.number(0);
  out.queue = row.number(1);
  out.state = static_cast<item_state>(row.number(2));
  out.attempt = static_cast<std::uint32_t>(row.number(3));
  out.bytes = row.number(4);
  out.due = row.number(5);
  out.lease = {row.number(6), row.number(7)};
  out.death = row.number(8);
  out.put_at = row.number(9);
  out.is_job = row.number(10) != 0;
  out.priority = static_cast<std::uint8_t>(row.number(11));
  return out;
}

} // namespace

sqlite_items::sqlite_items(SQLite::Database& database)
    : insert_{database, "INSERT INTO items (id, queue, state, priority, rank, attempt, put_at, "
                        "bytes, due, is_job) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)"},
      insert_body_{database, "INSERT INTO bodies VALUES (?, ?)"}, find_{database,
                                                                        select_item +
                                                                            "WHERE id = ?"},
      update_{database, "UPDATE items SET state = ?2, attempt = ?3, due = ?4, lease_high = ?5, "
                        "lease_low = ?6, death = ?7, bytes = ?8 WHERE id = ?1"},
      erase_{database, "DELETE FROM items WHERE id = ?"},
      erase_body_{database, "DELETE FROM bodies WHERE item = ?"},
      insert_failure_{database, "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?)"},
      erase_old_failures_{database, "DELETE FROM failures WHERE item = ? AND attempt <= ?"},
      erase_failures_{database, "DELETE FROM failures WHERE item = ?"},
      failures_{database,
                "SELECT attempt, at, error, worker FROM failures WHERE item = ? ORDER BY attempt"},
      due_{database, select_item + "WHERE due <= ? ORDER BY due, id LIMIT ?"},
      next_due_{database, "SELECT due FROM items WHERE due IS NOT NULL ORDER BY due LIMIT 1"},
      leased_{database, select_item + "WHERE due IS NOT NULL AND state = 2 AND queue = ?"},
      dead_{database, "SELECT id, priority, body FROM items JOIN bodies ON item = id WHERE "
                      "queue = ? AND state = 3 ORDER BY death LIMIT ?"},
      reorder_{database, "UPDATE items SET rank = CASE ?2 WHEN 1 THEN -id WHEN 2 THEN 9 - priority "
                         "ELSE 0 END WHERE queue = ?1"},
      sum_bytes_{
          database,
          "SELECT coalesce(sum(bytes), 0) FROM items WHERE queue = ?1 AND (?2 >> state) & 1"},
      erase_all_failures_{database,
                          "DELETE FROM failures WHERE item IN "
                          "(SELECT id FROM items WHERE queue = ?1 AND (?2 >> state) & 1)"},
      erase_all_bodies_{database, "DELETE FROM bodies WHERE item IN "
                                  "(SELECT id FROM items WHERE queue = ?1 AND (?2 >> state) & 1)"},
      erase_all_{database, "DELETE FROM items WHERE queue = ?1 AND (?2 >> state) & 1"} {}

void sqlite_items::add(const stored_item& row, proto::queue_order order,
                       const proto::new_item& item) {
  insert_.run(row.id, row.queue, static_cast<std::uint32_t>(row.state), row.priority,
              rank_of(order, row.id, row.priority), row.put_at, row.bytes,
              row.due > 0 ? std::optional{row.due} : std::nullopt, row.is_job);
  insert_body_.run(row.id, item.body);
}

std::optional<stored_item> sqlite_items::find(std::uint64_t id) {
  find_.begin(id);
  if (!find_.next()) return std::nullopt;
  const auto out = item_of(find_);
  find_.end();
  return out;
}

void sqlite_items::update(const stored_item& item) {
  const bool leased = item.state == item_state::leased;
  const auto when = [](bool is, std::uint64_t value) {
    return is ? std::optional{value} : std::nullopt;
  };
  update_.run(item.id, static_cast<std::uint32_t>(item.state), item.attempt,
              when(item.due > 0, item.due), when(leased, item.lease.high),
              when(leased, item.lease.low), when(item.state == item_state::dead, item.death),
              item.bytes);
}

void sqlite_items::erase(const stored_item& item) {
  erase_.run(item.id);
  erase_body_.run(item.id);
  if (item.attempt > 1 || item.is_job) forget_failures(item.id);
}

void sqlite_items::add_failure(const stored_item& item, const std::string& error,
                               const std::string& worker, unix_ms now) {
  auto text = error;
  cut_error(text);
  insert_failure_.run(item.id, item.attempt, now, text, worker);
  if (item.attempt > most_failures) erase_old_failures_.run(item.id, item.attempt - most_failures);
}

void sqlite_items::forget_failures(std::uint64_t id) {
  erase_failures_.run(id);
}

std::vector<stored_item> sqlite_items::due(unix_ms now, std::uint32_t most) {
  std::vector<stored_item> out;
  for (due_.begin(now, most); due_.next();)
    out.push_back(item_of(due_));
  return out;
}

std::optional<unix_ms> sqlite_items::next_due() {
  next_due_.begin();
  if (!next_due_.next()) return std::nullopt;
  const auto out = next_due_.number(0);
  next_due_.end();
  return out;
}

std::vector<stored_item> sqlite_items::leased(std::uint64_t queue) {
  std::vector<stored_item> out;
  for (leased_.begin(queue); leased_.next();)
    out.push_back(item_of(leased_));
  return out;
}

std::vector<proto::dead_item> sqlite_items::dead(std::uint64_t queue, std::uint32_t most) {
  std::vector<proto::dead_item> out;
  for (dead_.begin(queue, most); dead_.next();)
    out.push_back({dead_.number(0), dead_.text(2), static_cast<std::uint8_t>(dead_.number(1)), {}});
  for (auto& each : out)
    each.attempts = failures(each.id);
  return out;
}

std::vector<proto::failed_attempt> sqlite_items::failures(std::uint64_t id) {
  std::vector<proto::failed_attempt> out;
  for (failures_.begin(id); failures_.next();)
    out.push_back({static_cast<std::uint32_t>(failures_.number(0)), failures_.number(1),
                   failures_.text(2), failures_.text(3)});
  return out;
}

void sqlite_items::reorder(std::uint64_t queue, proto::queue_order order) {
  reorder_.run(queue, static_cast<std::uint32_t>(order));
}

std::uint64_t sqlite_items::erase_all(std::uint64_t queue, std::uint32_t states) {
  sum_bytes_.begin(queue, states);
  const auto bytes = sum_bytes_.next() ? sum_bytes_.number(0) : 0;
  sum_bytes_.end();
  erase_all_failures_.run(queue, states);
  erase_all_bodies_.run(queue, states);
  erase_all_.run(queue, states);
  return bytes;
}

} // namespace squall::actors
