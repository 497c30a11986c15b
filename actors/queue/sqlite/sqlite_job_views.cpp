#include "actors/queue/sqlite/sqlite_job_views.hpp"

#include "actors/queue/job_rules.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace squall::actors {
namespace {

/// What `view_in` reads. The join is crossed so that it goes along the jobs.
const std::string select_job =
    "SELECT id, items.queue, state, kind, priority, attempt, put_at, "
    "due, random, max_attempts, started, "
    "ended, worker, changes, progress FROM jobs CROSS JOIN items ON id = item ";

proto::job_view view_in(const statement& row, sqlite_queues& queues) {
  stored_item item;
  item.id = row.number(0);
  item.state = static_cast<item_state>(row.number(2));
  item.attempt = static_cast<std::uint32_t>(row.number(5));
  item.put_at = row.number(6);
  item.due = row.number(7);
  auto& job = item.job.emplace();
  job.random = row.number(8);
  job.max_attempts = static_cast<std::uint32_t>(row.number(9));
  job.started = row.number(10);
  job.ended = row.number(11);
  job.worker = row.text(12);
  job.changes = row.number(13);
  job.progress = row.text(14);
  job.kind = row.text(3);
  item.priority = static_cast<std::uint8_t>(row.number(4));
  return view_of(item, queues.at(row.number(1)));
}

std::string text_of(statement& from, std::uint64_t item) {
  from.begin(item);
  auto out = from.next() ? from.text(0) : std::string{};
  from.end();
  return out;
}

} // namespace

sqlite_job_views::sqlite_job_views(SQLite::Database& database, sqlite_queues& queues,
                                   sqlite_items& items, const recent_items& recent)
    : queues_{queues}, items_{items}, recent_{recent}, find_{database,
                                                             select_job + "WHERE item = ?"},
      list_{database, select_job + "WHERE item < ? ORDER BY item DESC LIMIT ?"},
      body_{database, "SELECT body FROM bodies WHERE item = ?"},
      result_{database, "SELECT result FROM results WHERE item = ?"} {}

std::optional<proto::job_view> sqlite_job_views::find(std::uint64_t item) {
  find_.begin(item);
  if (!find_.next()) return std::nullopt;
  auto out = view_in(find_, queues_);
  find_.end();
  out.attempts = items_.failures(item);
  return out;
}

std::optional<proto::job_view> sqlite_job_views::whole(const proto::job_id& id) {
  const auto item = proto::item_of(id);
  if (const auto* recent = recent_.find(item))
    return recent->item.is_job && id_of(recent->item) == id ? std::optional{whole(*recent)}
                                                            : std::nullopt;
  auto out = find(item);
  if (!out || out->id != id) return std::nullopt;
  out->params = text_of(body_, item);
  out->result = text_of(result_, item);
  return out;
}

proto::job_view sqlite_job_views::whole(const recent_items::entry& recent) {
  auto out = view_of(recent.item, queues_.at(recent.item.queue));
  if (recent.has_failed) out.attempts = items_.failures(recent.item.id);
  out.params = recent.body;
  out.result = recent.result;
  return out;
}

void sqlite_job_views::list(const proto::job_filter& which, view& out) {
  const auto* queue = queues_.find(which.queue);
  const auto is_meant = [&](const statement& row) {
    return (which.states == 0 || (which.states >> row.number(2) & 1U) != 0) &&
           (which.queue.empty() || (queue && row.number(1) == queue->id)) &&
           (which.kind.empty() || row.text(3) == which.kind);
  };
  constexpr std::uint64_t highest = std::numeric_limits<std::int64_t>::max();
  std::size_t looked = 0;
  std::size_t bytes = 0;
  list_.begin(which.below > 0 ? std::min(which.below, highest) : highest, most_listed + 1);
  for (; list_.next(); ++looked) {
    const bool meant = is_meant(list_);
    if (looked == most_listed || (meant && out.jobs.size() == which.most) ||
        bytes > most_list_bytes) {
      out.next = list_.number(0) + 1;
      break;
    }
    if (!meant) continue;
    auto& job = out.jobs.emplace_back(view_in(list_, queues_));
    job.attempts = items_.failures(list_.number(0));
    bytes += listed_bytes(job);
  }
  list_.end();
}

} // namespace squall::actors
