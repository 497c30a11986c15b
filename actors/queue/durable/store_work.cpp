#include "actors/queue/durable/store_work.hpp"

#include "actors/queue/durable/item_puts.hpp"
#include "actors/queue/durable/lease_text.hpp"
#include "actors/queue/job_rules.hpp"
#include "actors/queue/retry_pause.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace squall::actors {
namespace {

/// Answers that list all queues grow with their number.
constexpr std::size_t most_queues = 65'536;

} // namespace

defined store_work::define(std::string_view queue, const proto::queue_settings& settings) {
  auto* found = tables_.find_queue(queue);
  if (found) {
    tables_.set_queue(*found, settings);
    return defined::changed;
  }
  if (tables_.count_queues() >= most_queues) return defined::no_memory;
  tables_.add_queue(queue, settings);
  return defined::made;
}

std::optional<removed> store_work::remove(std::string_view queue, removal what) {
  auto* found = tables_.find_queue(queue);
  if (!found) return std::nullopt;
  auto out = moves_.erase_all(*found, what);
  if (what == removal::queue) tables_.erase_queue(*found);
  return out;
}

std::vector<put_outcome> store_work::put(std::span<store_put> puts, unix_ms now) {
  ++last_put_;
  std::vector<put_outcome> out;
  out.reserve(puts.size());
  for (auto& each : puts)
    out.push_back(put_one(each, now));
  return out;
}

put_outcome store_work::put_one(store_put& put, unix_ms now) {
  auto* queue = tables_.find_queue(put.queue);
  const auto needs = needs_of(put.items, tables_, queue, now);
  if (needs.key_reused) return put_refusal::key_reused;
  if (!queue && !put.create) return put_refusal::no_queue;
  if (!queue) {
    if (define(put.queue, {}) == defined::no_memory) return put_refusal::no_memory;
    queue = tables_.find_queue(put.queue);
  }
  const auto maxsize = queue->settings.maxsize;
  if (maxsize > 0 && needs.fresh > maxsize) return put_refusal::too_large;
  const bool full = !queue->books.has_room(maxsize, needs.fresh);
  if (needs.fresh > 0 && (full || queue->refused_in == last_put_)) {
    queue->refused_in = last_put_;
    return put_refusal::no_room;
  }
  if (are_jobs(put.items)) return put_jobs(put.items, tables_, moves_, *queue, now);
  std::vector<std::uint64_t> ids;
  ids.reserve(put.items.size());
  for (const auto& item : put.items)
    ids.push_back(moves_.add(*queue, item, now).id);
  queue->books.count_put(ids.size(), now);
  return ids;
}

std::vector<lease_outcome> store_work::lease(std::span<const store_lease> asks, unix_ms now) {
  std::vector<lease_outcome> out;
  out.reserve(asks.size());
  for (const auto& each : asks)
    out.push_back(lease_one(each, now));
  return out;
}

lease_outcome store_work::lease_one(const store_lease& ask, unix_ms now) {
  if (ask.create && !tables_.find_queue(ask.queue) && define(ask.queue, {}) == defined::no_memory)
    return lease_refusal::no_memory;
  auto* queue = tables_.find_queue(ask.queue);
  if (!queue) return lease_refusal::no_queue;
  const auto& settings = queue->settings;
  if (settings.paused || queue->books.in(item_state::ready) == 0) return {};
  auto most = queue->books.may_run(settings.max_running, ask.most);
  if (most == 0) return {};
  most = std::min(most, queue->rate.available(settings, now));
  if (most == 0) return lease_later{queue->rate.next_ms()};
  auto out = tables_.next(*queue, ask.kinds, most);
  for (auto& each : out) {
    each.lease_ms = ask.lease_ms > 0 ? ask.lease_ms : settings.lease_ms;
    moves_.hand_out(each, *queue, now);
  }
  queue->rate.take(static_cast<std::uint32_t>(out.size()));
  return out;
}

std::vector<std::optional<settled>> store_work::settle(std::span<const settlement> uses,
                                                       unix_ms now) {
  std::vector<std::optional<settled>> out;
  out.reserve(uses.size());
  for (const auto& each : uses)
    out.push_back(settle_one(each, now));
  return out;
}

std::optional<settled> store_work::settle_one(const settlement& use, unix_ms now) {
  switch (use.what) {
  case settling::revive:
    return revive(use);
  case settling::cancel:
    return cancel(use, now);
  default:
    return use_lease(use, now);
  }
}

std::optional<settled> store_work::use_lease(const settlement& use, unix_ms now) {
  auto item = moves_.leased(use.lease);
  if (!item) return std::nullopt;
  auto& queue = tables_.queue(item->queue);
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

settled store_work::settled_of(const stored_item& item) {
  settled out;
  const auto& queue = tables_.queue(item.queue);
  out.queue = queue.name;
  out.limited = queue.settings.max_running > 0;
  if (item.due > 0) out.next = item.due;
  if (!item.job) return out;
  out.job = id_of(item);
  out.state = item.state;
  return out;
}

std::optional<settled> store_work::revive(const settlement& use) {
  const auto* queue = tables_.find_queue(use.queue);
  auto item = queue ? moves_.find(use.item) : std::nullopt;
  if (!item || item->queue != queue->id || item->state != item_state::dead || !moves_.revive(*item))
    return std::nullopt;
  return settled_of(*item);
}

std::optional<settled> store_work::cancel(const settlement& use, unix_ms now) {
  auto item = moves_.find(use.job);
  if (!item || is_ended(item->state)) return std::nullopt;
  const bool leased = item->state == item_state::leased;
  moves_.end(*item, item_state::cancelled, now);
  auto out = settled_of(*item);
  if (leased) out.revoked = lease_text(item->lease, item->id);
  return out;
}

view store_work::look(const question& what, unix_ms now) {
  view out;
  if (const auto* books = std::get_if<books_of>(&what)) out.queues = this->books(*books, now);
  if (const auto* filter = std::get_if<proto::job_filter>(&what)) tables_.list(*filter, out);
  if (const auto* named = std::get_if<jobs_named>(&what)) out.jobs = tables_.views(named->ids);
  return out;
}

std::vector<queue_view> store_work::books(const books_of& what, unix_ms now) {
  const auto& [queue, most_dead] = what;
  std::vector<queue_view> out;
  std::vector<stored_queue*> asked;
  if (queue.empty())
    asked = tables_.all_queues();
  else if (auto* found = tables_.find_queue(queue))
    asked.push_back(found);
  for (const auto* found : asked) {
    auto& seen = out.emplace_back();
    seen.stats.name = found->name;
    seen.stats.settings = found->settings;
    std::optional<unix_ms> oldest;
    if (found->books.in(item_state::ready) > 0) oldest = tables_.oldest(*found);
    found->books.fill(seen.stats, oldest, now);
    if (most_dead > 0) seen.dead = tables_.dead(*found, most_dead);
  }
  return out;
}

expired store_work::expire(unix_ms now) {
  expired out;
  std::set<std::uint64_t> changed;
  constexpr std::uint32_t at_once = 256;
  for (auto over = tables_.due(now, at_once); !over.empty(); over = tables_.due(now, at_once))
    for (auto& item : over) {
      if (!is_ended(item.state)) changed.insert(item.queue);
      tables_.complete(item);
      expire_one(item, out, now);
    }
  for (const auto queue : changed)
    out.queues.push_back(tables_.queue(queue).name);
  out.next = tables_.next_due();
  return out;
}

void store_work::expire_one(stored_item& item, expired& out, unix_ms now) {
  if (is_ended(item.state)) {
    out.ended.push_back(id_of(item));
    moves_.erase(item);
    return;
  }
  if (item.state == item_state::leased) {
    out.leases.push_back(lease_text(item.lease, item.id));
    ++tables_.queue(item.queue).books.total_expired;
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
