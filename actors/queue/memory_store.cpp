#include "actors/queue/memory_store.hpp"

#include "actors/queue/job_rules.hpp"
#include "actors/queue/memory_items.hpp"
#include "actors/queue/memory_puts.hpp"
#include "actors/queue/memory_queue.hpp"
#include "actors/queue/retry_pause.hpp"

#include <algorithm>
#include <map>
#include <set>
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
  memory_queue* find(std::string_view queue);
  std::vector<queue_view> books(const books_of& what, unix_ms now) const;
  put_outcome put_one(store_put& put, unix_ms now);
  lease_outcome lease_one(const store_lease& ask, unix_ms now);
  std::optional<settled> settle_one(const settlement& use, unix_ms now);
  std::optional<settled> use_lease(const settlement& use, unix_ms now);
  std::optional<settled> revive(const settlement& use);
  std::optional<settled> cancel(const settlement& use, unix_ms now);
  void expire_one(memory_item& item, expired& out, unix_ms now);
  std::size_t bytes() const noexcept { return queue_bytes_ + items_.bytes(); }

  std::size_t max_bytes_;
  std::size_t queue_bytes_ = 0; ///< of queues without their items
  std::map<std::string, memory_queue, std::less<>> queues_;
  memory_items items_;
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
  if (bytes() + cost > max_bytes_) return defined::no_memory;
  queues_.try_emplace(std::string{queue}, std::string{queue}, settings);
  queue_bytes_ += cost;
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
    items_.erase(*item);
  }
  if (what != removal::queue) return out;
  queue_bytes_ -= cost_of_queue(queue);
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
  const auto needs = plan_put(put.items, items_.jobs(), queue, now);
  if (needs.key_reused) return put_refusal::key_reused;
  if (!queue && !put.create) return put_refusal::no_queue;
  const auto maxsize = queue ? queue->settings().maxsize : 0;
  if (cost_of_queue(put.queue) + needs.cost > max_bytes_ || (maxsize > 0 && needs.fresh > maxsize))
    return put_refusal::too_large;
  if (!queue) {
    if (define(put.queue, {}) == defined::no_memory) return put_refusal::no_memory;
    queue = find(put.queue);
  }
  const bool full = !queue->has_room(needs.fresh);
  const bool no_memory = bytes() + needs.cost > max_bytes_;
  if (needs.fresh > 0 && (full || no_memory || queue->refused_in == last_put_)) {
    queue->refused_in = last_put_;
    return no_memory ? put_refusal::no_memory : put_refusal::no_room;
  }
  if (are_jobs(put.items)) return put_jobs(put.items, items_, *queue, now);
  std::vector<std::uint64_t> ids;
  ids.reserve(put.items.size());
  for (auto& each : put.items)
    ids.push_back(items_.add(*queue, std::move(each), now).id);
  queue->books.count_put(ids.size(), now);
  return ids;
}

std::vector<lease_outcome> memory_store::lease(std::span<const store_lease> asks, unix_ms now) {
  std::vector<lease_outcome> out;
  out.reserve(asks.size());
  for (const auto& each : asks)
    out.push_back(lease_one(each, now));
  return out;
}

lease_outcome memory_store::lease_one(const store_lease& ask, unix_ms now) {
  if (ask.create && !find(ask.queue) && define(ask.queue, {}) == defined::no_memory)
    return lease_refusal::no_memory;
  auto* queue = find(ask.queue);
  if (!queue) return lease_refusal::no_queue;
  const auto& settings = queue->settings();
  std::vector<proto::leased_item> out;
  if (settings.paused || queue->books.in(item_state::ready) == 0) return out;
  auto most = queue->books.may_run(settings.max_running, ask.most);
  if (most == 0) return out;
  most = std::min(most, queue->rate.available(settings, now));
  if (most == 0) return lease_later{queue->rate.next_ms()};
  std::size_t bytes = 0;
  while (out.size() < most) {
    auto* item = queue->next(ask.kinds);
    if (!item) break;
    bytes += item->body.size();
    if (bytes > most_lease_bytes && !out.empty()) break;
    out.push_back(items_.hand_out(*item, ask.lease_ms, now));
  }
  queue->rate.take(static_cast<std::uint32_t>(out.size()));
  return out;
}

std::vector<std::optional<settled>> memory_store::settle(std::span<const settlement> uses,
                                                         unix_ms now) {
  std::vector<std::optional<settled>> out;
  out.reserve(uses.size());
  for (const auto& each : uses)
    out.push_back(settle_one(each, now));
  return out;
}

std::optional<settled> memory_store::settle_one(const settlement& use, unix_ms now) {
  switch (use.what) {
  case settling::revive:
    return revive(use);
  case settling::cancel:
    return cancel(use, now);
  default:
    return use_lease(use, now);
  }
}

std::optional<settled> memory_store::use_lease(const settlement& use, unix_ms now) {
  auto* const item = items_.leased(use.lease);
  if (!item) return std::nullopt;
  auto& books = item->queue->books;
  const auto& settings = item->queue->settings();
  std::uint32_t lease_ms = 0;
  switch (use.what) {
  case settling::nack:
    ++(use.lost ? books.total_expired : books.total_nacked);
    items_.fail(*item, use,
                use.backoff ? retry_pause_ms(settings, item->attempt, items_.random_bits())
                            : use.delay_ms,
                now);
    break;
  case settling::extend:
    if (item->job && !use.result.empty()) items_.set_progress(*item, use.result);
    lease_ms = use.lease_ms > 0 ? use.lease_ms : settings.lease_ms;
    items_.extend(*item, lease_ms, now);
    break;
  case settling::release:
    items_.release(*item);
    break;
  default: // an ack
    books.count_ack(now);
    if (!item->job) {
      settled out;
      out.queue = item->queue->name();
      out.limited = settings.max_running > 0;
      items_.erase(*item);
      return out;
    }
    items_.set_result(*item, use.result, use.worker);
    items_.end(*item, item_state::done, now);
  }
  auto out = settled_of(*item);
  out.lease_ms = lease_ms;
  return out;
}

std::optional<settled> memory_store::revive(const settlement& use) {
  auto* queue = find(use.queue);
  auto* item = queue ? queue->find(use.item) : nullptr;
  if (!item || item->state != item_state::dead || !items_.revive(*item)) return std::nullopt;
  return settled_of(*item);
}

std::optional<settled> memory_store::cancel(const settlement& use, unix_ms now) {
  auto* item = items_.jobs().find(use.job);
  if (!item || is_ended(item->state)) return std::nullopt;
  const bool leased = item->state == item_state::leased;
  items_.end(*item, item_state::cancelled, now);
  auto out = settled_of(*item);
  if (leased) out.revoked = to_text(item->lease);
  return out;
}

view memory_store::look(const question& what, unix_ms now) {
  view out;
  if (const auto* books = std::get_if<books_of>(&what)) out.queues = this->books(*books, now);
  if (const auto* filter = std::get_if<proto::job_filter>(&what)) items_.jobs().list(*filter, out);
  if (const auto* named = std::get_if<jobs_named>(&what))
    for (const auto& id : named->ids)
      if (const auto* job = items_.jobs().find(id)) out.jobs.push_back(view_of(*job, true));
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
  std::set<std::string_view> changed;
  auto* item = items_.next_due();
  for (; item && item->due <= now; item = items_.next_due()) {
    if (!is_ended(item->state)) changed.insert(item->queue->name());
    expire_one(*item, out, now);
  }
  out.queues.assign(changed.begin(), changed.end());
  if (item) out.next = item->due;
  return out;
}

void memory_store::expire_one(memory_item& item, expired& out, unix_ms now) {
  if (is_ended(item.state)) {
    out.ended.push_back(item.job->id);
    items_.erase(item);
    return;
  }
  if (item.state == item_state::leased) {
    out.leases.push_back(to_text(item.lease));
    ++item.queue->books.total_expired;
    settlement why;
    why.error = lease_ran_out;
    items_.fail(item, why, 0, now);
  } else if (item.expires() > 0 && item.expires() <= now) {
    items_.give_up(item, now);
  } else {
    items_.wake(item);
  }
  if (item.job) (is_ended(item.state) ? out.ended : out.jobs).push_back(item.job->id);
}

} // namespace

std::unique_ptr<store> make_memory_store(std::size_t max_bytes) {
  return std::make_unique<memory_store>(max_bytes);
}

} // namespace squall::actors
