#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace squall::gateway::net {

/// Many coarse timers at the cost of one: entries are dropped into the slot of their time, and a
/// turning hand empties the slots (Varghese and Lauck, "Hashed and hierarchical timing wheels",
/// 1987, scheme 6). Nothing is ever taken out early: whoever is called looks whether it still
/// matters.
class timing_wheel {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::chrono::milliseconds step{50};

  explicit timing_wheel(clock::time_point start) : hand_{start} {}

  /// Remembers `id` until `due` has passed.
  void add(std::uint64_t id, clock::time_point due) {
    auto steps = due <= hand_ ? 0 : static_cast<std::size_t>((due - hand_) / step) + 1;
    slots_[(position_ + steps) % slot_count].push_back({id, due});
    ++size_;
  }

  bool empty() const noexcept { return size_ == 0; }

  /// Turns the hand to `now` and calls `expired(id, due)` for each entry whose time has passed.
  template <class Expired>
  void advance(clock::time_point now, Expired&& expired) {
    for (std::size_t turned = 0; hand_ + step <= now; ++turned) {
      if (turned < slot_count) empty_slot(now, expired);
      hand_ += step;
      position_ = (position_ + 1) % slot_count;
    }
    empty_slot(now, expired);
  }

private:
  struct entry {
    std::uint64_t id;
    clock::time_point due;
  };

  static constexpr std::size_t slot_count = 1024;

  template <class Expired>
  void empty_slot(clock::time_point now, Expired& expired) {
    auto entries = std::exchange(slots_[position_], {});
    for (const auto& item : entries) {
      if (item.due > now) { // of a later turn of the wheel
        slots_[position_].push_back(item);
        continue;
      }
      --size_;
      expired(item.id, item.due);
    }
  }

  std::vector<std::vector<entry>> slots_ = std::vector<std::vector<entry>>(slot_count);
  clock::time_point hand_; ///< time of the slot at `position_`
  std::size_t position_ = 0;
  std::size_t size_ = 0;
};

} // namespace squall::gateway::net
