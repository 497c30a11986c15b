#include "actors/queue/memory_queue.hpp"

#include <algorithm>

namespace squall::actors {
namespace {

constexpr std::uint8_t highest_priority = 9;

} // namespace

void memory_queue::set(const proto::queue_settings& settings) {
  const bool resort = settings.order != settings_.order;
  settings_ = settings;
  if (!resort) return;
  plain_ = sorted(plain_);
  jobs_ = sorted(jobs_);
  for (auto& [kind, ready] : kinds_)
    ready = sorted(ready);
}

memory_queue::places memory_queue::sorted(const places& as_before) const {
  places out;
  for (const auto& each : as_before)
    out.insert(place_of(*each.item));
  return out;
}

bool memory_queue::has_room(std::size_t more) const noexcept {
  return books.has_room(settings_.maxsize, more);
}

memory_item& memory_queue::add(std::uint64_t id, proto::new_item&& item,
                               std::unique_ptr<memory_job> job, unix_ms now) {
  auto& added = items_[id];
  added.id = id;
  added.queue = this;
  added.body = std::move(item.body);
  added.priority = std::min(item.priority, highest_priority);
  added.put_at = now;
  added.job = std::move(job);
  books.bytes += added.body.size();
  enter(added, item_state::ready);
  return added;
}

void memory_queue::move(memory_item& item, item_state to) {
  leave(item);
  enter(item, to);
}

void memory_queue::erase(memory_item& item) {
  leave(item);
  books.bytes -= item.body.size() + (item.job ? item.job->result.size() : 0);
  items_.erase(item.id);
}

memory_item* memory_queue::next(std::span<const std::string> kinds) const noexcept {
  const place* first = nullptr;
  const auto offer = [&first](const places& ready) {
    if (!ready.empty() && (!first || *ready.begin() < *first)) first = &*ready.begin();
  };
  if (kinds.empty()) {
    offer(plain_);
    offer(jobs_);
  }
  for (const auto& kind : kinds) {
    if (kind.empty()) offer(plain_);
    const auto found = kinds_.find(kind);
    if (found != kinds_.end()) offer(found->second);
  }
  return first ? first->item : nullptr;
}

memory_item* memory_queue::unique(std::string_view key) const noexcept {
  const auto found = unique_.find(key);
  return found == unique_.end() ? nullptr : found->second;
}

memory_item* memory_queue::find(std::uint64_t id) noexcept {
  auto found = items_.find(id);
  return found == items_.end() ? nullptr : &found->second;
}

memory_queue::place memory_queue::place_of(memory_item& item) const noexcept {
  switch (settings_.order) {
  case proto::queue_order::lifo:
    return {0, ~item.id, &item};
  case proto::queue_order::priority:
    return {static_cast<std::uint64_t>(highest_priority - item.priority), item.id, &item};
  case proto::queue_order::fifo:
    break;
  }
  return {0, item.id, &item};
}

void memory_queue::add_place(places& to, memory_item& item) const {
  // Nearly every item that is put goes to one end, where a hint makes the insertion constant.
  const bool front = settings_.order == proto::queue_order::lifo;
  to.insert(front ? to.begin() : to.end(), place_of(item));
}

void memory_queue::enter(memory_item& item, item_state state) {
  item.state = state;
  ++books.in(state);
  if (state == item_state::ready) {
    add_place(item.job ? jobs_ : plain_, item);
    if (item.job) add_place(kinds_[item.job->options.kind], item);
  }
  if (state == item_state::dead) {
    item.death = ++deaths_;
    dead_.emplace_hint(dead_.end(), item.death, &item);
  }
  if (item.job && !item.job->options.unique_key.empty() && !is_ended(state))
    unique_.emplace(item.job->options.unique_key, &item);
}

void memory_queue::leave(memory_item& item) {
  --books.in(item.state);
  if (item.state == item_state::ready) {
    (item.job ? jobs_ : plain_).erase(place_of(item));
    if (item.job) {
      const auto kind = kinds_.find(item.job->options.kind);
      kind->second.erase(place_of(item));
      if (kind->second.empty()) kinds_.erase(kind);
    }
  }
  if (item.state == item_state::dead) dead_.erase(item.death);
  if (item.job && !item.job->options.unique_key.empty() && !is_ended(item.state))
    unique_.erase(item.job->options.unique_key);
}

const memory_item* memory_queue::oldest_of(const places& ready) const noexcept {
  if (ready.empty()) return nullptr;
  if (settings_.order == proto::queue_order::fifo) return ready.begin()->item;
  if (settings_.order == proto::queue_order::lifo) return ready.rbegin()->item;
  const memory_item* oldest = nullptr;
  for (std::uint64_t rank = 0; rank <= highest_priority; ++rank) {
    const auto first = ready.lower_bound(place{rank, 0, nullptr});
    if (first == ready.end() || first->rank != rank) continue;
    if (!oldest || first->item->id < oldest->id) oldest = first->item;
  }
  return oldest;
}

const memory_item* memory_queue::oldest_ready() const noexcept {
  const auto* plain = oldest_of(plain_);
  const auto* job = oldest_of(jobs_);
  return !plain || (job && job->id < plain->id) ? job : plain;
}

proto::queue_stats memory_queue::stats(unix_ms now) const {
  proto::queue_stats out;
  out.name = name_;
  out.settings = settings_;
  const auto* oldest = oldest_ready();
  books.fill(out, oldest ? std::optional{oldest->put_at} : std::nullopt, now);
  return out;
}

} // namespace squall::actors
