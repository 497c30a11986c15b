// The part of pool_queue that changes how many slots it has.
#include "actors/pool_queue.hpp"

#include <algorithm>

namespace squall::actors {

pool_resizing pool_queue::resize(std::uint32_t slots) {
  std::lock_guard lock{mutex_};
  pool_resizing change;
  size_ = slots;
  std::ranges::copy_if(idle_, std::back_inserter(change.closed),
                       [&](std::uint32_t slot) { return slot >= slots; });
  std::erase_if(idle_, [&](std::uint32_t slot) { return slot >= slots; });
  for (auto slot : change.closed)
    rest(slot);
  if (slots_.size() < slots) {
    const auto before = slots_.size();
    slots_.resize(slots);
    for (auto i = before; i < slots; ++i)
      slots_[i].retired = true;
  }
  for (std::uint32_t i = 0; i < slots; ++i) {
    if (!std::exchange(slots_[i].retired, false)) continue;
    ++present_;
    change.opened.push_back(i);
  }
  // Behind those that were there before, which are warm.
  idle_.insert(idle_.begin(), change.opened.rbegin(), change.opened.rend());
  return change;
}

void pool_queue::rest(std::uint32_t slot) {
  if (slot < size_) {
    idle_.push_back(slot);
    return;
  }
  slots_[slot].retired = true;
  --present_;
  while (slots_.size() > size_ && slots_.back().retired)
    slots_.pop_back();
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> pool_queue::give_back() {
  std::lock_guard lock{mutex_};
  std::vector<std::pair<std::uint32_t, std::uint64_t>> calls;
  for (const auto& call : queue_)
    calls.emplace_back(call.link, call.id);
  queue_.clear();
  queued_us_ = 0;
  return calls;
}

} // namespace squall::actors
