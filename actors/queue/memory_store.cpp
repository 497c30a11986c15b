#include "actors/queue/memory_store.hpp"

#include "actors/queue/lease_ids.hpp"
#include "actors/queue/memory_queue.hpp"
#include "actors/queue/retry_pause.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace squall::actors {
namespace {

std::size_t cost_of_queue(std::string_view name) noexcept {
  return queue_overhead + name.size();
}

class memory_store final : public store {
public:
  explicit memory_store(std::size_t max_bytes) : max_bytes_{max_bytes} {}

  defined define(std::string_view queue, const proto::queue_settings& settings) override;
  std::optional<removed> remove(std::string_view queue, removal what) override;
  std::vector<put_outcome> put(std::span<store_put> puts, unix_ms now) override;
  std::vector<lease_outcome> lease(std::span<const store_lease> asks, unix_ms now) override;
  std::vector<std::optional<settled>> settle(std::span<const settlement> uses,
                                             unix_ms now) override;
  view look(const question& what, unix_ms now) override;
  expired expire(unix_ms now) override;
  void commit() override {}

private:
  /// What is leased or pauses, in the order of its time.
  using timetable = std::set<std::pair<std::pair<unix_ms, std::uint64_t>, memory_item*>>;

  memory_queue* find(std::string_view queue);
  std::vector<queue_view> books(const books_of& what, unix_ms now) const;
  put_outcome put_one(store_put& put, unix_ms now);
  std::uint64_t add(memory_queue& queue, proto::new_item&& item, unix_ms now);
  proto::leased_item hand_out(memory_item& item, std::uint32_t lease_ms, unix_ms now);
  std::optional<settled> settle_one(const settlement& use, unix_ms now);
  std::optional<settled> revive(const settlement& use);
  /// A lease ends without an ack: ready, pausing, or dead.
  void fail(memory_item& item, std::string error, std::uint32_t pause_ms, unix_ms now);
  void move(memory_item& item, item_state to, unix_ms due = 0);
  /// Forgets its lease and its time.
  void let_go(memory_item& item);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::map<std::string, memory_queue, std::less<>> queues_;
  std::unordered_map<lease_id, memory_item*, lease_id_hash> leases_;
  timetable times_;
  lease_ids ids_;
  std::uint64_t last_item_ = 0;
  std::uint64_t last_put_ = 0;
};

memory_queue* memory_store::find(std::string_view queue) {
  auto found = queues_.find(queue);
  return found == queues_.end() ? nullptr : &found->second;
}

defined memory_store::define(std::string_view queue, const proto::queue_settings& settings) {
  if (auto* found = find(queue)) {
    found->set(settings);
    return defined::changed;
  }
  const auto cost = cost_of_queue(queue);
  if (bytes_ + cost > max_bytes_) return defined::no_memory;
  queues_.try_emplace(std::string{queue}, std::string{queue}, settings);
  bytes_ += cost;
  return defined::made;
}

std::optional<removed> memory_store::remove(std::string_view queue, removal what) {
  auto found = queues_.find(queue);
  if (found == queues_.end()) return std::nullopt;
  std::vector<memory_item*> gone;
  for (auto& [id, item] : found->second.items())
    if (is_meant(what, item.state)) gone.push_back(&item);
  removed out;
  out.items = gone.size();
  for (auto* item : gone) {
    if (item->state == item_state::leased) out.leases.push_back(to_text(item->lease));
    let_go(*item);
    bytes_ -= cost_of(*item);
    found->second.erase(*item);
  }
  if (what != removal::queue) return out;
  bytes_ -= cost_of_queue(queue);
  queues_.erase(found);
  return out;
}

std::vector<put_outcome> memory_store::put(std::span<store_put> puts, unix_ms now) {
  ++last_put_;
  std::vector<put_outcome> out;
  out.reserve(puts.size());
  for (auto& each : puts)
    out.push_back(put_one(each, now));
  return out;
}

put_outcome memory_store::put_one(store_put& put, unix_ms now) {
  auto* queue = find(put.queue);
  if (!queue) return put_refusal::no_queue;
  std::size_t cost = 0;
  for (const auto& each : put.items)
    cost += item_overhead + each.body.size();
  const auto maxsize = queue->settings().maxsize;
  if (cost_of_queue(put.queue) + cost > max_bytes_ || (maxsize > 0 && put.items.size() > maxsize))
    return put_refusal::too_large;
  const bool full = !queue->has_room(put.items.size());
  const bool no_memory = bytes_ + cost > max_bytes_;
  if (full || no_memory || queue->refused_in == last_put_) {
    queue->refused_in = last_put_;
    return no_memory ? put_refusal::no_memory : put_refusal::no_room;
  }
  std::vector<std::uint64_t> ids;
  ids.reserve(put.items.size());
  for (auto& each : put.items)
    ids.push_back(add(*queue, std::move(each), now));
  bytes_ += cost;
  queue->books.count_put(ids.size(), now);
  return ids;
}

std::uint64_t memory_store::add(memory_queue& queue, proto::new_item&& item, unix_ms now) {
  const auto delay_ms = item.delay_ms;
  auto& added = queue.add(++last_item_, std::move(item), now);
  if (delay_ms > 0) move(added, item_state::delayed, now + delay_ms);
  return added.id;
}

std::vector<lease_outcome> memory_store::lease(std::span<const store_lease> asks, unix_ms now) {
  std::vector<lease_outcome> out;
  out.reserve(asks.size());
  for (const auto& ask : asks) {
    if (ask.create && !find(ask.queue) && define(ask.queue, {}) == defined::no_memory) {
      out.emplace_back(lease_refusal::no_memory);
      continue;
    }
    auto* queue = find(ask.queue);
    if (!queue) {
      out.emplace_back(lease_refusal::no_queue);
      continue;
    }
    auto& items = out.emplace_back().emplace<0>();
    if (queue->settings().paused) continue;
    std::size_t bytes = 0;
    for (auto* item = queue->next(); item && items.size() < ask.most; item = queue->next()) {
      bytes += item->body.size();
      if (bytes > most_lease_bytes && !items.empty()) break;
      items.push_back(hand_out(*item, ask.lease_ms, now));
    }
  }
  return out;
}

proto::leased_item memory_store::hand_out(memory_item& item, std::uint32_t lease_ms, unix_ms now) {
  auto& queue = *item.queue;
  if (lease_ms == 0) lease_ms = queue.settings().lease_ms;
  item.lease = ids_.next();
  ++item.attempt;
  ++queue.books.total_leased;
  move(item, item_state::leased, now + lease_ms);
  return {item.id, to_text(item.lease), item.body, item.priority, item.attempt, lease_ms};
}

void memory_store::move(memory_item& item, item_state to, unix_ms due) {
  let_go(item);
  item.queue->move(item, to);
  if (to == item_state::leased) leases_.emplace(item.lease, &item);
  if (to != item_state::leased && to != item_state::delayed) return;
  item.due = due;
  times_.insert({{due, item.id}, &item});
}

void memory_store::let_go(memory_item& item) {
  if (item.state != item_state::leased && item.state != item_state::delayed) return;
  times_.erase({{item.due, item.id}, &item});
  if (item.state == item_state::leased) leases_.erase(item.lease);
}

std::vector<std::optional<settled>> memory_store::settle(std::span<const settlement> uses,
                                                         unix_ms now) {
  std::vector<std::optional<settled>> out;
  out.reserve(uses.size());
  for (const auto& each : uses)
    out.push_back(each.what == settling::revive ? revive(each) : settle_one(each, now));
  return out;
}

std::optional<settled> memory_store::settle_one(const settlement& use, unix_ms now) {
  const auto id = lease_id_of(use.lease);
  const auto found = id ? leases_.find(*id) : leases_.end();
  if (found == leases_.end()) return std::nullopt;
  auto& item = *found->second;
  auto& queue = *item.queue;
  settled out;
  out.queue = queue.name();
  switch (use.what) {
  case settling::ack:
    let_go(item);
    bytes_ -= cost_of(item);
    queue.books.count_ack(now);
    queue.erase(item);
    break;
  case settling::nack: {
    ++(use.lost ? queue.books.total_expired : queue.books.total_nacked);
    const auto pause =
        use.backoff ? retry_pause_ms(queue.settings(), item.attempt, ids_.bits()) : use.delay_ms;
    fail(item, use.error, pause, now);
    if (item.state == item_state::delayed) out.next = item.due;
    break;
  }
  case settling::extend:
    out.lease_ms = use.lease_ms > 0 ? use.lease_ms : queue.settings().lease_ms;
    move(item, item_state::leased, now + out.lease_ms);
    out.next = item.due;
    break;
  case settling::release:
    --item.attempt;
    move(item, item_state::ready);
    break;
  case settling::revive:
  case settling::cancel:
    break;
  }
  return out;
}

std::optional<settled> memory_store::revive(const settlement& use) {
  auto* queue = find(use.queue);
  auto* item = queue ? queue->find(use.item) : nullptr;
  if (!item || item->state != item_state::dead) return std::nullopt;
  bytes_ -= cost_of(*item);
  item->failures.clear();
  item->attempt = 0;
  bytes_ += cost_of(*item);
  move(*item, item_state::ready);
  settled out;
  out.queue = use.queue;
  return out;
}

void memory_store::fail(memory_item& item, std::string error, std::uint32_t pause_ms, unix_ms now) {
  bytes_ -= cost_of(item);
  add_failure(item, std::move(error), now);
  bytes_ += cost_of(item);
  if (item.attempt >= item.queue->settings().max_attempts)
    move(item, item_state::dead);
  else if (pause_ms > 0)
    move(item, item_state::delayed, now + pause_ms);
  else
    move(item, item_state::ready);
}

view memory_store::look(const question& what, unix_ms now) {
  view out;
  if (const auto* books = std::get_if<books_of>(&what)) out.queues = this->books(*books, now);
  return out;
}

std::vector<queue_view> memory_store::books(const books_of& what, unix_ms now) const {
  const auto& [queue, most_dead] = what;
  std::vector<queue_view> out;
  const auto first = queue.empty() ? queues_.begin() : queues_.find(queue);
  for (auto each = first; each != queues_.end(); ++each) {
    auto& seen = out.emplace_back();
    seen.stats = each->second.stats(now);
    for (const auto& [death, item] : each->second.dead()) {
      if (seen.dead.size() == most_dead) break;
      seen.dead.push_back({item->id, item->body, item->priority, item->failures});
    }
    if (!queue.empty()) break;
  }
  return out;
}

expired memory_store::expire(unix_ms now) {
  expired out;
  std::set<memory_queue*> changed;
  while (!times_.empty() && times_.begin()->first.first <= now) {
    auto& item = *times_.begin()->second;
    changed.insert(item.queue);
    if (item.state == item_state::delayed) {
      move(item, item_state::ready);
      continue;
    }
    out.leases.push_back(to_text(item.lease));
    ++item.queue->books.total_expired;
    fail(item, "the lease ran out", 0, now);
  }
  for (const auto* each : changed)
    out.queues.push_back(each->name());
  if (!times_.empty()) out.next = times_.begin()->first.first;
  return out;
}

} // namespace

std::unique_ptr<store> make_memory_store(std::size_t max_bytes) {
  return std::make_unique<memory_store>(max_bytes);
}

} // namespace squall::actors
