#include "actors/queue/sqlite/sqlite_ready.hpp"

#include "actors/queue/durable/stored_item.hpp"

#include <algorithm>

namespace squall::actors {
namespace {

proto::leased_item leased_of(const recent_items::entry& recent) {
  const auto& from = recent.item;
  proto::leased_item out;
  out.id = from.id;
  out.priority = from.priority;
  out.attempt = from.attempt + 1;
  out.body = recent.body;
  if (!from.is_job) return out;
  out.kind = from.job->kind;
  out.job = id_of(from);
  out.timeout_ms = from.job->timeout_ms;
  return out;
}

} // namespace

sqlite_ready::sqlite_ready(SQLite::Database& database, const recent_items& recent)
    : recent_{recent}, plain_{database,
                              "SELECT id, priority, attempt, bytes, body FROM items JOIN bodies ON "
                              "item = id WHERE queue = ? AND state = 0 AND is_job = 0 "
                              "ORDER BY rank, id LIMIT ?"},
      plain_places_{database, "SELECT rank, id FROM items WHERE queue = ? AND state = 0 AND "
                              "is_job = 0 ORDER BY rank, id LIMIT ?"},
      job_places_{database, "SELECT rank, item FROM jobs WHERE queue = ? AND ready = 1 "
                            "ORDER BY rank, item LIMIT ?"},
      kind_places_{database, "SELECT rank, item FROM jobs WHERE queue = ? AND ready = 1 AND "
                             "kind = ?3 ORDER BY rank, item LIMIT ?2"},
      read_{database, "SELECT priority, attempt, body, kind, put_at, random, timeout_ms "
                      "FROM items JOIN bodies ON bodies.item = id LEFT JOIN jobs ON jobs.item = id "
                      "WHERE id = ?"},
      first_plain_{database, "SELECT id, put_at FROM items WHERE queue = ? AND state = 0 AND "
                             "is_job = 0 AND rank = ? ORDER BY id LIMIT 1"},
      first_job_{database, "SELECT item, put_at FROM jobs JOIN items ON id = item WHERE "
                           "jobs.queue = ? AND ready = 1 AND jobs.rank = ? "
                           "ORDER BY item LIMIT 1"},
      last_plain_{database, "SELECT id, put_at FROM items WHERE queue = ? AND state = 0 AND "
                            "is_job = 0 ORDER BY rank DESC, id DESC LIMIT 1"},
      last_job_{database, "SELECT item, put_at FROM jobs JOIN items ON id = item WHERE "
                          "jobs.queue = ? AND ready = 1 "
                          "ORDER BY jobs.rank DESC, item DESC LIMIT 1"} {}

std::vector<proto::leased_item> sqlite_ready::plain(std::uint64_t queue, std::uint32_t most) {
  std::vector<proto::leased_item> out;
  std::uint64_t bytes = 0;
  for (plain_.begin(queue, most); plain_.next();) {
    bytes += plain_.number(3);
    if (bytes > most_lease_bytes && !out.empty()) break;
    auto& item = out.emplace_back();
    item.id = plain_.number(0);
    item.priority = static_cast<std::uint8_t>(plain_.number(1));
    item.attempt = static_cast<std::uint32_t>(plain_.number(2)) + 1;
    item.body = plain_.text(4);
  }
  plain_.end();
  return out;
}

std::vector<proto::leased_item> sqlite_ready::of_kinds(std::uint64_t queue,
                                                       std::span<const std::string> kinds,
                                                       std::uint32_t most) {
  std::vector<place> places;
  const auto add = [&](statement& from, const auto&... more) {
    from.begin(queue, most, more...);
    while (from.next())
      places.emplace_back(static_cast<std::int64_t>(from.number(0)), from.number(1));
  };
  if (kinds.empty()) {
    add(plain_places_);
    add(job_places_);
  }
  for (const auto& kind : kinds)
    if (kind.empty())
      add(plain_places_);
    else
      add(kind_places_, kind);
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end()); // a kind named twice
  if (places.size() > most) places.resize(most);
  std::vector<proto::leased_item> out;
  std::uint64_t bytes = 0;
  for (const auto& [rank, id] : places) {
    auto item = read(id);
    bytes += item.body.size();
    if (bytes > most_lease_bytes && !out.empty()) break;
    out.push_back(std::move(item));
  }
  return out;
}

proto::leased_item sqlite_ready::read(std::uint64_t id) {
  if (const auto* recent = recent_.find(id)) return leased_of(*recent);
  proto::leased_item out;
  read_.begin(id);
  if (!read_.next()) throw store_failure{"an item is not whole in its store"};
  out.id = id;
  out.priority = static_cast<std::uint8_t>(read_.number(0));
  out.attempt = static_cast<std::uint32_t>(read_.number(1)) + 1;
  out.body = read_.text(2);
  out.kind = read_.text(3); // empty: it has no job
  if (!out.kind.empty()) {
    out.job = proto::make_job_id(read_.number(4), read_.number(5), id);
    out.timeout_ms = static_cast<std::uint32_t>(read_.number(6));
  }
  read_.end();
  return out;
}

std::optional<unix_ms> sqlite_ready::oldest(statement& first, statement& last, std::uint64_t queue,
                                            proto::queue_order order) {
  std::optional<unix_ms> out;
  if (order == proto::queue_order::lifo) {
    last.begin(queue);
    if (last.next()) out = last.number(1);
    last.end();
    return out;
  }
  const int ranks = order == proto::queue_order::priority ? highest_priority + 1 : 1;
  std::uint64_t oldest = 0;
  for (int rank = 0; rank < ranks; ++rank) {
    first.begin(queue, rank);
    if (first.next() && (!out || first.number(0) < oldest)) {
      oldest = first.number(0);
      out = first.number(1);
    }
    first.end();
  }
  return out;
}

} // namespace squall::actors
