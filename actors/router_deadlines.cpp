#include "actors/router_deadlines.hpp"

#include <algorithm>

namespace squall::actors {

void router_deadlines::add(std::uint32_t entry, time_point deadline) {
  if (entry >= links_.size()) links_.resize(entry + 1);
  // What is due before the hand's position would be met only a whole turn later.
  const auto tick = std::max(tick_of(deadline), reached_);
  const auto bucket = static_cast<std::uint32_t>(static_cast<std::uint64_t>(tick) % buckets);
  auto& head = heads_[bucket];
  links_[entry] = {deadline, none, head, bucket};
  if (head != none) links_[head].previous = entry;
  head = entry;
  ++size_;
}

void router_deadlines::erase(std::uint32_t entry) {
  if (entry >= links_.size() || links_[entry].bucket == none) return;
  auto& own = links_[entry];
  (own.previous == none ? heads_[own.bucket] : links_[own.previous].next) = own.next;
  if (own.next != none) links_[own.next].previous = own.previous;
  own.bucket = none;
  --size_;
}

void router_deadlines::expire(time_point now, std::vector<std::uint32_t>& due) {
  const auto last = tick_of(now);
  // After a long pause one turn is enough: it meets every bucket.
  const auto first = std::max(reached_, last - static_cast<std::int64_t>(buckets) + 1);
  for (auto tick = first; tick <= last && size_ > 0; ++tick) {
    auto entry = heads_[static_cast<std::uint64_t>(tick) % buckets];
    while (entry != none) {
      const auto next = links_[entry].next;
      if (links_[entry].deadline <= now) {
        erase(entry);
        due.push_back(entry);
      }
      entry = next;
    }
  }
  reached_ = std::max(reached_, last);
}

} // namespace squall::actors
