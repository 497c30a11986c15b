#include "actors/queue/postgres/job_rows.hpp"

#include "actors/queue/job_rules.hpp"
#include "actors/queue/postgres/item_rows.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace squall::actors::postgres {
namespace {

const query select_whole{"whole_jobs", "SELECT " + item_columns +
                                           ", body, result FROM items i WHERE "
                                           "id = ANY($1::bigint[]) AND kind <> ''"};
/// The last job that is looked at, below $1.
const query select_horizon{"jobs_horizon", "SELECT id FROM items WHERE kind <> '' AND id < $1 "
                                           "ORDER BY id DESC OFFSET $2::bigint LIMIT 1"};
const query select_list{
    "jobs",
    "SELECT " + item_columns +
        " FROM items i WHERE kind <> '' AND id < $1 AND id > $2 AND ($3::bigint = 0 OR queue = $3) "
        "AND ($4::text = '' OR kind = $4) AND ($5::int = 0 OR ($5 >> state) & 1 = 1) "
        "ORDER BY id DESC LIMIT $6::bigint"};
const query select_dead{"dead", "SELECT id, priority, body FROM items WHERE queue = $1 AND "
                                "state = 3 ORDER BY death LIMIT $2::bigint"};
const query select_failures{"failures",
                            "SELECT item, attempt, at, error, worker FROM failures WHERE "
                            "item = ANY($1::bigint[]) ORDER BY item, attempt"};

} // namespace

std::map<std::uint64_t, proto::job_view> job_rows::whole(const array_text& items) {
  std::map<std::uint64_t, proto::job_view> out;
  auto failures = [&] {
    through_.ask(
        [&](const rows& from) {
          for (int row = 0; row < from.size(); ++row) {
            const auto item = item_of(from, row);
            const auto* queue = queues_.find(item.queue);
            if (!queue) continue; // it goes with its queue
            auto& job = out[item.id] = view_of(item, *queue);
            job.params = from.text(row, item_column_count);
            job.result = from.text(row, item_column_count + 1);
          }
        },
        select_whole, items);
    return this->failures(items);
  }();
  for (auto& [id, job] : out)
    job.attempts = std::move(failures[id]);
  return out;
}

void job_rows::list(const proto::job_filter& which, const stored_queue* queue, view& out) {
  constexpr std::uint64_t highest = std::numeric_limits<std::int64_t>::max();
  const auto below = which.below > 0 ? std::min(which.below, highest) : highest;
  std::uint64_t horizon = 0; // the first that is not looked at
  through_.fetch([&](const rows& from) { horizon = from.size() > 0 ? from.number(0, 0) : 0; },
                 select_horizon, below, most_listed);
  std::vector<stored_item> found;
  const auto number = queue ? queue->id : which.queue.empty() ? 0 : highest;
  through_.ask(
      [&](const rows& from) {
        for (int row = 0; row < from.size(); ++row)
          found.push_back(item_of(from, row));
      },
      select_list, below, horizon, number, which.kind, which.states, std::uint64_t{which.most} + 1);
  array_text items;
  through_.land();
  for (const auto& each : found)
    items.add(each.id);
  auto failures = this->failures(items);
  std::size_t bytes = 0;
  for (const auto& each : found) {
    if (out.jobs.size() == which.most || bytes > most_list_bytes) {
      out.next = each.id + 1;
      return;
    }
    const auto* of = queues_.find(each.queue);
    if (!of) continue;
    auto& job = out.jobs.emplace_back(view_of(each, *of));
    job.attempts = std::move(failures[each.id]);
    bytes += listed_bytes(job);
  }
  if (horizon > 0) out.next = horizon + 1;
}

std::vector<proto::dead_item> job_rows::dead(std::uint64_t queue, std::uint32_t most) {
  std::vector<proto::dead_item> out;
  array_text items;
  through_.fetch(
      [&](const rows& from) {
        for (int row = 0; row < from.size(); ++row) {
          const auto id = from.number(row, 0);
          out.push_back({id,
                         std::string{from.text(row, 2)},
                         static_cast<std::uint8_t>(from.number(row, 1)),
                         {}});
          items.add(id);
        }
      },
      select_dead, queue, most);
  auto failures = this->failures(items);
  for (auto& each : out)
    each.attempts = std::move(failures[each.id]);
  return out;
}

std::map<std::uint64_t, std::vector<proto::failed_attempt>>
job_rows::failures(const array_text& items) {
  std::map<std::uint64_t, std::vector<proto::failed_attempt>> out;
  through_.fetch(
      [&out](const rows& from) {
        for (int row = 0; row < from.size(); ++row)
          out[from.number(row, 0)].push_back({static_cast<std::uint32_t>(from.number(row, 1)),
                                              from.number(row, 2), std::string{from.text(row, 3)},
                                              std::string{from.text(row, 4)}});
      },
      select_failures, items);
  return out;
}

} // namespace squall::actors::postgres
