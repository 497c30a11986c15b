#include "actors/queue/sqlite/sqlite_work.hpp"

#include "actors/queue/job_rules.hpp"
#include "actors/queue/retry_pause.hpp"
#include "actors/queue/sqlite/lease_text.hpp"
#include "actors/queue/sqlite/sqlite_puts.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace squall::actors {
namespace {

/// Answers that list all queues grow with their number.
constexpr std::size_t most_queues = 65'536;

} // namespace

void sqlite_work::load() {
  queues_.probe();
  queues_.load();
}

defined sqlite_work::define(std::string_view queue, const proto::queue_settings& settings) {
  auto* found = queues_.find(queue);
  if (!found) {
    if (queues_.all().size() >= most_queues) return defined::no_memory;
    queues_.add(queue, settings);
    return defined::made;
  }
  if (found->settings.order != settings.order) {
    moves_.items().reorder(found->id, settings.order);
    moves_.jobs().reorder(found->id);
  }
  queues_.set(*found, settings);
  return defined::changed;
}

std::optional<removed> sqlite_work::remove(std::string_view queue, removal what) {
  auto* found = queues_.find(queue);
  if (!found) return std::nullopt;
  auto out = moves_.erase_all(*found, what);
  if (what == removal::queue) queues_.erase(*found);
  return out;
}

std::vector<put_outcome> sqlite_work::put(std::span<store_put> puts, unix_ms now) {
  ++last_put_;
  std::vector<put_outcome> out;
  out.reserve(puts.size());
  for (auto& each : puts)
    out.push_back(put_one(each, now));
  return out;
}

put_outcome sqlite_work::put_one(store_put& put, unix_ms now) {
  auto* queue = queues_.find(put.queue);
  const auto needs = plan_put(put.items, moves_.jobs(), queue, now);
  if (needs.key_reused) return put_refusal::key_reused;
  if (!queue && !put.create) return put_refusal::no_queue;
  if (!queue) {
    if (define(put.queue, {}) == defined::no_memory) return put_refusal::no_memory;
    queue = queues_.find(put.queue);
  }
  const auto maxsize = queue->settings.maxsize;
  if (maxsize > 0 && needs.fresh > maxsize) return put_refusal::too_large;
  const bool full = !queue->books.has_room(maxsize, needs.fresh);
  if (needs.fresh > 0 && (full || queue->refused_in == last_put_)) {
    queue->refused_in = last_put_;
    return put_refusal::no_room;
  }
  if (are_jobs(put.items)) return put_jobs(put.items, moves_, views_, *queue, now);
  std::vector<std::uint64_t> ids;
  ids.reserve(put.items.size());
  for (const auto& item : put.items)
    ids.push_back(moves_.add(*queue, item, now).id);
  queue->books.count_put(ids.size(), now);
  return ids;
}

std::vector<lease_outcome> sqlite_work::lease(std::span<const store_lease> asks, unix_ms now) {
  std::vector<lease_outcome> out;
  out.reserve(asks.size());
  for (const auto& each : asks)
    out.push_back(lease_one(each, now));
  return out;
}

lease_outcome sqlite_work::lease_one(const store_lease& ask, unix_ms now) {
  if (ask.create && !queues_.find(ask.queue) && define(ask.queue, {}) == defined::no_memory)
    return lease_refusal::no_memory;
  auto* queue = queues_.find(ask.queue);
  if (!queue) return lease_refusal::no_queue;
  const auto& settings = queue->settings;
  if (settings.paused || queue->books.in(item_state::ready) == 0) return {};
  auto most = queue->books.may_run(settings.max_running, ask.most);
  if (most == 0) return {};
  most = std::min(most, queue->rate.available(settings, now));
  if (most == 0) return lease_later{queue->rate.next_ms()};
  const bool all_plain = ask.kinds.empty() && queue->ready_jobs == 0;
  auto out =
      all_plain ? ready_.plain(queue->id, most) : ready_.of_kinds(queue->id, ask.kinds, most);
  for (auto& each : out) {
    each.lease_ms = ask.lease_ms > 0 ? ask.lease_ms : settings.lease_ms;
    moves_.hand_out(each, *queue, now);
  }
  queue->rate.take(static_cast<std::uint32_t>(out.size()));
  return out;
}

std::vector<std::optional<settled>> sqlite_work::settle(std::span<const settlement> uses,
                                                        unix_ms now) {
  std::vector<std::optional<settled>> out;
  out.reserve(uses.size());
  for (const auto& each : uses)
    out.push_back(settle_one(each, now));
  return out;
}

std::optional<settled> sqlite_work::settle_one(const settlement& use, unix_ms now) {
  switch (use.what) {
  case settling::revive:
    return revive(use);
  case settling::cancel:
    return cancel(use, now);
  default:
    return use_lease(use, now);
  }
}

std::optional<settled> sqlite_work::use_lease(const settlement& use, unix_ms now) {
  auto item = moves_.leased(use.lease);
  if (!item) return std::nullopt;
  auto& queue = queues_.at(item->queue);
  std::uint32_t lease_ms = 0;
  switch (use.what) {
  case settling::nack:
    ++(use.lost ? queue.books.total_expired : queue.books.total_nacked);
    moves_.fail(*item, use,
                use.backoff ? retry_pause_ms(queue.settings, item->attempt, moves_.random_bits())
                            : use.delay_ms,
                now);
    break;
  case settling::extend:
    if (item->job && !use.result.empty()) moves_.set_progress(*item, use.result);
    lease_ms = use.lease_ms > 0 ? use.lease_ms : queue.settings.lease_ms;
    moves_.extend(*item, lease_ms, now);
    break;
  case settling::release:
    moves_.release(*item);
    break;
  default: // an ack
    queue.books.count_ack(now);
    if (!item->job) {
      moves_.erase(*item);
      settled out;
      out.queue = queue.name;
      out.limited = queue.settings.max_running > 0;
      return out;
    }
    moves_.set_result(*item, use.result, use.worker);
    moves_.end(*item, item_state::done, now);
  }
  auto out = settled_of(*item);
  out.lease_ms = lease_ms;
  return out;
}

settled sqlite_work::settled_of(const sqlite_item& item) {
  settled out;
  const auto& queue = queues_.at(item.queue);
  out.queue = queue.name;
  out.limited = queue.settings.max_running > 0;
  if (item.due > 0) out.next = item.due;
  if (!item.job) return out;
  out.job = id_of(item);
  out.state = item.state;
  return out;
}

std::optional<settled> sqlite_work::revive(const settlement& use) {
  const auto* queue = queues_.find(use.queue);
  auto item = queue ? moves_.find(use.item) : std::nullopt;
  if (!item || item->queue != queue->id || item->state != item_state::dead || !moves_.revive(*item))
    return std::nullopt;
  return settled_of(*item);
}

std::optional<settled> sqlite_work::cancel(const settlement& use, unix_ms now) {
  auto item = moves_.find(use.job);
  if (!item || is_ended(item->state)) return std::nullopt;
  const bool leased = item->state == item_state::leased;
  moves_.end(*item, item_state::cancelled, now);
  auto out = settled_of(*item);
  if (leased) out.revoked = lease_text(item->lease, item->id);
  return out;
}

view sqlite_work::look(const question& what, unix_ms now) {
  view out;
  if (const auto* books = std::get_if<books_of>(&what)) out.queues = this->books(*books, now);
  if (const auto* filter = std::get_if<proto::job_filter>(&what)) views_.list(*filter, out);
  if (const auto* named = std::get_if<jobs_named>(&what))
    for (const auto& id : named->ids)
      if (auto job = views_.whole(id)) out.jobs.push_back(*std::move(job));
  return out;
}

std::vector<queue_view> sqlite_work::books(const books_of& what, unix_ms now) {
  const auto& [queue, most_dead] = what;
  std::vector<queue_view> out;
  const auto& all = queues_.all();
  for (auto each = queue.empty() ? all.begin() : all.find(queue); each != all.end(); ++each) {
    const auto& found = each->second;
    auto& seen = out.emplace_back();
    seen.stats.name = found.name;
    seen.stats.settings = found.settings;
    std::optional<unix_ms> oldest;
    if (found.books.in(item_state::ready) > found.ready_jobs)
      oldest = ready_.oldest_plain(found.id, found.settings.order);
    if (found.ready_jobs > 0) {
      const auto job = ready_.oldest_job(found.id, found.settings.order);
      if (!oldest || (job && *job < *oldest)) oldest = job;
    }
    found.books.fill(seen.stats, oldest, now);
    if (most_dead > 0) seen.dead = moves_.items().dead(found.id, most_dead);
    if (!queue.empty()) break;
  }
  return out;
}

expired sqlite_work::expire(unix_ms now) {
  expired out;
  std::set<std::uint64_t> changed;
  constexpr std::uint32_t at_once = 256;
  auto& items = moves_.items();
  for (auto over = items.due(now, at_once); !over.empty(); over = items.due(now, at_once))
    for (auto& item : over) {
      if (!is_ended(item.state)) changed.insert(item.queue);
      moves_.complete(item);
      expire_one(item, out, now);
    }
  for (const auto queue : changed)
    out.queues.push_back(queues_.at(queue).name);
  out.next = items.next_due();
  return out;
}

void sqlite_work::expire_one(sqlite_item& item, expired& out, unix_ms now) {
  if (is_ended(item.state)) {
    out.ended.push_back(id_of(item));
    moves_.erase(item);
    return;
  }
  if (item.state == item_state::leased) {
    out.leases.push_back(lease_text(item.lease, item.id));
    ++queues_.at(item.queue).books.total_expired;
    settlement why;
    why.error = lease_ran_out;
    moves_.fail(item, why, 0, now);
  } else if (item.expires() > 0 && item.expires() <= now) {
    moves_.give_up(item, now);
  } else {
    moves_.wake(item);
  }
  if (item.job) (is_ended(item.state) ? out.ended : out.jobs).push_back(id_of(item));
}

} // namespace squall::actors
