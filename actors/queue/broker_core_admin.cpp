// What a broker answers at once.
#include "actors/queue/broker_core.hpp"
#include "actors/queue/broker_texts.hpp"

#include <utility>
#include <vector>

namespace squall::actors {

using proto::errc;

void broker_core::define(asker from, const proto::queue_request& request, unix_ms now) {
  if (!valid_name(request.queue)) return refuse(from, request, errc::invalid_params, name_rule);
  // A lease that is over at once would be given again at once.
  if (request.settings.lease_ms == 0 || request.settings.max_attempts == 0)
    return refuse(from, request, errc::invalid_params, settings_rule);
  auto settings = request.settings;
  const auto before = items().look(books_of{request.queue, 0}, now).queues;
  settings.paused = !before.empty() && before.front().stats.settings.paused;
  const auto done = items().define(request.queue, settings);
  if (done == defined::no_memory)
    return refuse(from, request, errc::overloaded, no_memory_for_queue);
  proto::queue_answer out;
  out.created = done == defined::made;
  // There may be more room now, and more may be leased.
  auto& lines = touch(request.queue);
  lines.puts_due = lines.leases_due = true;
  serve(now);
  out.stats = shown(request.queue, now);
  answer(from, request.id, request.op, std::move(out));
}

void broker_core::set_paused(asker from, const proto::queue_request& request, unix_ms now) {
  const auto found = shown(request.queue, now);
  if (request.queue.empty() || found.empty())
    return refuse(from, request, errc::not_found, no_queue);
  auto settings = found.front().settings;
  settings.paused = request.op == proto::queue_op::pause;
  items().define(request.queue, settings);
  touch(request.queue).leases_due = true;
  serve(now);
  proto::queue_answer out;
  out.stats = shown(request.queue, now);
  answer(from, request.id, request.op, std::move(out));
}

void broker_core::purge(asker from, const proto::queue_request& request) {
  const auto gone = items().remove(request.queue, request.dead ? removal::dead : removal::waiting);
  if (!gone) return refuse(from, request, errc::not_found, no_queue);
  auto& lines = touch(request.queue);
  lines.puts_due = lines.joins_due = true;
  touch_jobs_of(request.queue);
  memory_freed();
  proto::queue_answer out;
  out.purged = gone->items;
  answer(from, request.id, request.op, std::move(out));
}

void broker_core::remove(asker from, const proto::queue_request& request) {
  const auto gone = items().remove(request.queue, removal::queue);
  if (!gone) return refuse(from, request, errc::not_found, no_queue);
  for (const auto& lease : gone->leases)
    book_.drop(lease);
  auto& lines = touch(request.queue);
  lines.each_line([this](std::list<waiter>& line) {
    while (!line.empty())
      fail(line.front(), errc::not_found, queue_removed);
  });
  touch_jobs_of(request.queue);
  memory_freed();
  answer(from, request.id, request.op, {});
}

void broker_core::stats(asker from, const proto::queue_request& request, unix_ms now) {
  proto::queue_answer out;
  out.stats = shown(request.queue, now);
  if (out.stats.empty() && !request.queue.empty())
    return refuse(from, request, errc::not_found, no_queue);
  out.events = events_;
  answer(from, request.id, request.op, std::move(out));
}

std::vector<proto::queue_stats> broker_core::shown(const std::string& queue, unix_ms now) {
  std::vector<proto::queue_stats> out;
  for (auto& each : items().look(books_of{queue, 0}, now).queues) {
    add_waiting(each.stats);
    out.push_back(std::move(each.stats));
  }
  return out;
}

void broker_core::dead(asker from, const proto::queue_request& request, unix_ms now) {
  auto found = request.queue.empty()
                   ? std::vector<queue_view>{}
                   : items().look(books_of{request.queue, request.count}, now).queues;
  if (found.empty()) return refuse(from, request, errc::not_found, no_queue);
  proto::queue_answer out;
  out.dead = std::move(found.front().dead);
  answer(from, request.id, request.op, std::move(out));
}

void broker_core::revive(asker from, const proto::queue_request& request, unix_ms now) {
  if (request.queue.empty() || items().look(books_of{request.queue, 0}, now).queues.empty())
    return refuse(from, request, errc::not_found, no_queue);
  proto::queue_answer out;
  out.ids = revived(request.queue, request.ids, now);
  constexpr std::uint32_t at_once = 1'000; // of those whose numbers are not known
  std::uint32_t staying = 0;               // since another job has their `unique_key` now
  while (request.ids.empty()) {
    const auto found = items().look(books_of{request.queue, staying + at_once}, now).queues;
    std::vector<std::uint64_t> ids;
    for (const auto& each : found.at(0).dead)
      ids.push_back(each.id);
    const auto more = revived(request.queue, ids, now);
    if (more.empty()) break;
    out.ids.insert(out.ids.end(), more.begin(), more.end());
    staying = static_cast<std::uint32_t>(ids.size() - more.size());
  }
  touch(request.queue).leases_due = true;
  answer(from, request.id, request.op, std::move(out));
}

std::vector<std::uint64_t> broker_core::revived(const std::string& queue,
                                                std::span<const std::uint64_t> ids, unix_ms now) {
  std::vector<settlement> uses(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    uses[i].what = settling::revive;
    uses[i].queue = queue;
    uses[i].item = ids[i];
  }
  std::vector<std::uint64_t> out;
  const auto outcomes = items().settle(uses, now);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!outcomes[i]) continue;
    out.push_back(ids[i]);
    if (outcomes[i]->job) touch_job(outcomes[i]->job, false);
  }
  return out;
}

void broker_core::add_waiting(proto::queue_stats& stats) const {
  const auto* lines = waiters_.find_lines(stats.name);
  if (!lines) return;
  stats.putters = static_cast<std::uint32_t>(lines->putters.size());
  stats.getters = static_cast<std::uint32_t>(lines->getting());
  stats.joiners = static_cast<std::uint32_t>(lines->joiners.size());
}

} // namespace squall::actors
