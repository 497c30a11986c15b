#include "actors/queue/sqlite/sqlite_work.hpp"

#include "actors/queue/retry_pause.hpp"
#include "actors/queue/sqlite/lease_text.hpp"

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
  if (found->settings.order != settings.order) items_.reorder(found->id, settings.order);
  queues_.set(*found, settings);
  return defined::changed;
}

std::optional<removed> sqlite_work::remove(std::string_view queue, removal what) {
  auto* found = queues_.find(queue);
  if (!found) return std::nullopt;
  removed out;
  if (what == removal::queue)
    for (const auto& item : items_.leased(found->id))
      out.leases.push_back(lease_text(item.lease, item.id));
  found->books.bytes -= items_.erase_all(found->id, what);
  for (const auto state :
       {item_state::ready, item_state::delayed, item_state::leased, item_state::dead})
    if (is_meant(what, state)) out.items += std::exchange(found->books.in(state), 0);
  found->changed = true;
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
  if (!queue) return put_refusal::no_queue;
  const auto maxsize = queue->settings.maxsize;
  if (maxsize > 0 && put.items.size() > maxsize) return put_refusal::too_large;
  if (queue->refused_in == last_put_ || !queue->books.has_room(maxsize, put.items.size())) {
    queue->refused_in = last_put_;
    return put_refusal::no_room;
  }
  std::vector<std::uint64_t> ids;
  ids.reserve(put.items.size());
  for (const auto& item : put.items) {
    ids.push_back(queues_.new_item());
    items_.add(ids.back(), queue->id, queue->settings.order, item, now);
    ++queue->books.in(item.delay_ms > 0 ? item_state::delayed : item_state::ready);
    queue->books.bytes += item.body.size();
  }
  queue->books.count_put(ids.size(), now);
  queue->changed = true;
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
  if (queue->settings.paused || queue->books.in(item_state::ready) == 0) return {};
  auto out = items_.ready(queue->id, ask.most);
  for (auto& each : out) {
    each.lease_ms = ask.lease_ms > 0 ? ask.lease_ms : queue->settings.lease_ms;
    sqlite_item item;
    item.id = each.id;
    item.queue = queue->id;
    item.attempt = each.attempt;
    item.lease = ids_.next();
    item.due = now + each.lease_ms;
    move(item, item_state::leased);
    each.lease = lease_text(item.lease, item.id);
  }
  queue->books.total_leased += out.size();
  return out;
}

void sqlite_work::move(sqlite_item& item, item_state to) {
  auto& queue = queues_.at(item.queue);
  --queue.books.in(item.state);
  ++queue.books.in(to);
  queue.changed = true;
  item.state = to;
  items_.update(item);
}

std::vector<std::optional<settled>> sqlite_work::settle(std::span<const settlement> uses,
                                                        unix_ms now) {
  std::vector<std::optional<settled>> out;
  out.reserve(uses.size());
  for (const auto& each : uses)
    out.push_back(each.what == settling::revive ? revive(each) : settle_one(each, now));
  return out;
}

std::optional<settled> sqlite_work::settle_one(const settlement& use, unix_ms now) {
  const auto named = lease_of(use.lease);
  auto item = named ? items_.find(named->item) : std::nullopt;
  if (!item || item->state != item_state::leased || item->lease != named->lease)
    return std::nullopt;
  auto& queue = queues_.at(item->queue);
  settled out;
  out.queue = queue.name;
  switch (use.what) {
  case settling::ack:
    items_.erase(*item);
    --queue.books.in(item_state::leased);
    queue.books.bytes -= item->bytes;
    queue.books.count_ack(now);
    queue.changed = true;
    break;
  case settling::nack: {
    ++(use.lost ? queue.books.total_expired : queue.books.total_nacked);
    const auto pause =
        use.backoff ? retry_pause_ms(queue.settings, item->attempt, ids_.bits()) : use.delay_ms;
    fail(*item, use.error, pause, now);
    if (item->state == item_state::delayed) out.next = item->due;
    break;
  }
  case settling::extend:
    out.lease_ms = use.lease_ms > 0 ? use.lease_ms : queue.settings.lease_ms;
    item->due = now + out.lease_ms;
    out.next = item->due;
    move(*item, item_state::leased);
    break;
  case settling::release:
    --item->attempt;
    move(*item, item_state::ready);
    break;
  case settling::revive:
  case settling::cancel:
    break;
  }
  return out;
}

void sqlite_work::fail(sqlite_item& item, const std::string& error, std::uint32_t pause_ms,
                       unix_ms now) {
  items_.add_failure(item, error, now);
  if (item.attempt >= queues_.at(item.queue).settings.max_attempts) {
    item.death = queues_.new_death();
    move(item, item_state::dead);
  } else if (pause_ms > 0) {
    item.due = now + pause_ms;
    move(item, item_state::delayed);
  } else {
    move(item, item_state::ready);
  }
}

std::optional<settled> sqlite_work::revive(const settlement& use) {
  const auto* queue = queues_.find(use.queue);
  auto item = queue ? items_.find(use.item) : std::nullopt;
  if (!item || item->queue != queue->id || item->state != item_state::dead) return std::nullopt;
  items_.forget_failures(item->id);
  item->attempt = 0;
  move(*item, item_state::ready);
  settled out;
  out.queue = use.queue;
  return out;
}

view sqlite_work::look(const question& what, unix_ms now) {
  view out;
  if (const auto* books = std::get_if<books_of>(&what)) out.queues = this->books(*books, now);
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
    const auto oldest = found.books.in(item_state::ready) == 0
                            ? std::nullopt
                            : items_.oldest_ready(found.id, found.settings.order);
    found.books.fill(seen.stats, oldest, now);
    if (most_dead > 0) seen.dead = items_.dead(found.id, most_dead);
    if (!queue.empty()) break;
  }
  return out;
}

expired sqlite_work::expire(unix_ms now) {
  expired out;
  std::set<std::uint64_t> changed;
  constexpr std::uint32_t at_once = 256;
  for (auto over = items_.due(now, at_once); !over.empty(); over = items_.due(now, at_once))
    for (auto& item : over) {
      changed.insert(item.queue);
      if (item.state == item_state::delayed) {
        move(item, item_state::ready);
        continue;
      }
      out.leases.push_back(lease_text(item.lease, item.id));
      ++queues_.at(item.queue).books.total_expired;
      fail(item, "the lease ran out", 0, now);
    }
  for (const auto queue : changed)
    out.queues.push_back(queues_.at(queue).name);
  out.next = items_.next_due();
  return out;
}

} // namespace squall::actors
