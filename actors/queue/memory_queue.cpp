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
  return books.has_room(settings_.maxsize, more);
}

memory_item& memory_queue::add(std::uint64_t id, proto::new_item&& item, unix_ms now) {
  auto& added = items_[id];
  added.id = id;
  added.queue = this;
  added.body = std::move(item.body);
  added.priority = std::min(item.priority, highest_priority);
  added.put_at = now;
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
  books.bytes -= item.body.size();
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
  ++books.in(state);
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
  --books.in(item.state);
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
  proto::queue_stats out;
  out.name = name_;
  out.settings = settings_;
  const auto* oldest = oldest_ready();
  books.fill(out, oldest ? std::optional{oldest->put_at} : std::nullopt, now);
  return out;
}

} // namespace squall::actors
