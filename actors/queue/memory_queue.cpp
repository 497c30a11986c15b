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
  std::set<place> sorted;
  for (const auto& each : ready_)
    sorted.insert(place_of(*each.item));
  ready_ = std::move(sorted);
}

bool memory_queue::has_room(std::size_t more) const noexcept {
  return settings_.maxsize == 0 || ready_.size() + more <= settings_.maxsize;
}

memory_item& memory_queue::add(std::uint64_t id, proto::new_item&& item, unix_ms now) {
  auto& added = items_[id];
  added.id = id;
  added.queue = this;
  added.body = std::move(item.body);
  added.priority = std::min(item.priority, highest_priority);
  added.put_at = now;
  bytes_ += added.body.size();
  enter(added, item_state::ready);
  return added;
}

void memory_queue::move(memory_item& item, item_state to) {
  leave(item);
  enter(item, to);
}

void memory_queue::erase(memory_item& item) {
  leave(item);
  bytes_ -= item.body.size();
  items_.erase(item.id);
}

memory_item* memory_queue::next() const noexcept {
  return ready_.empty() ? nullptr : ready_.begin()->item;
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

void memory_queue::enter(memory_item& item, item_state state) {
  item.state = state;
  ++count_[static_cast<std::size_t>(state)];
  // Nearly every item that is put goes to one end, where a hint makes the insertion constant.
  if (state == item_state::ready) {
    const bool front = settings_.order == proto::queue_order::lifo;
    ready_.insert(front ? ready_.begin() : ready_.end(), place_of(item));
  }
  if (state == item_state::dead) {
    item.death = ++deaths_;
    dead_.emplace_hint(dead_.end(), item.death, &item);
  }
}

void memory_queue::leave(memory_item& item) {
  --count_[static_cast<std::size_t>(item.state)];
  if (item.state == item_state::ready) ready_.erase(place_of(item));
  if (item.state == item_state::dead) dead_.erase(item.death);
}

const memory_item* memory_queue::oldest_ready() const noexcept {
  if (ready_.empty()) return nullptr;
  if (settings_.order == proto::queue_order::fifo) return ready_.begin()->item;
  if (settings_.order == proto::queue_order::lifo) return ready_.rbegin()->item;
  const memory_item* oldest = nullptr;
  for (std::uint64_t rank = 0; rank <= highest_priority; ++rank) {
    const auto first = ready_.lower_bound(place{rank, 0, nullptr});
    if (first == ready_.end() || first->rank != rank) continue;
    if (!oldest || first->item->id < oldest->id) oldest = first->item;
  }
  return oldest;
}

proto::queue_stats memory_queue::stats(unix_ms now) const {
  const auto count = [this](item_state state) { return count_[static_cast<std::size_t>(state)]; };
  proto::queue_stats out;
  out.name = name_;
  out.settings = settings_;
  out.ready = count(item_state::ready);
  out.delayed = count(item_state::delayed);
  out.leased = count(item_state::leased);
  out.dead = count(item_state::dead);
  out.unfinished = out.ready + out.delayed + out.leased;
  if (const auto* oldest = oldest_ready()) out.oldest_ms = now - std::min(now, oldest->put_at);
  out.bytes = bytes_;
  out.total_put = total_put_;
  out.total_leased = total_leased;
  out.total_acked = total_acked_;
  out.total_nacked = total_nacked;
  out.total_expired = total_expired;
  out.put_rate = put_rate_.at(now);
  out.ack_rate = ack_rate_.at(now);
  return out;
}

void memory_queue::count_put(std::size_t count, unix_ms now) noexcept {
  total_put_ += count;
  put_rate_.add(count, now);
}

void memory_queue::count_ack(unix_ms now) noexcept {
  ++total_acked_;
  ack_rate_.add(1, now);
}

} // namespace squall::actors
