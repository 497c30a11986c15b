#pragma once

#include "proto/submission.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace squall::gateway {

/// What one io thread has asked for and has no answer to yet. A question's id says where it stands
/// in a table, so that finding it costs no hash: bridge number (8 bits, not 0), turn of the place
/// (32), place (24). Ids come again only after 2^32 uses of one place. Pure; one thread.
template <class Sink>
class open_table {
public:
  struct waiter {
    Sink* sink = nullptr;
    std::uint64_t tag = 0;
  };

  /// Most questions that can be open at a time.
  static constexpr std::size_t capacity = std::size_t{1} << 24;

  explicit open_table(std::uint8_t bridge) noexcept
      : bridge_{std::uint64_t{bridge} << proto::bridge_shift} {}

  /// A new id; 0 when the table is full.
  std::uint64_t add(waiter who) {
    if (free_.empty() && !grow()) return 0;
    const auto place = free_.back();
    free_.pop_back();
    auto& slot = slots_[place];
    slot.who = who;
    ++slot.turn;
    return bridge_ | std::uint64_t{slot.turn} << 24 | place;
  }

  /// Takes a question out; nothing when it is not (or no longer) open.
  std::optional<waiter> remove(std::uint64_t id) noexcept {
    const auto place = static_cast<std::uint32_t>(id & (capacity - 1));
    const auto turn = static_cast<std::uint32_t>(id >> 24);
    if (place >= slots_.size() || slots_[place].turn != turn || !slots_[place].who.sink)
      return std::nullopt;
    free_.push_back(place);
    return std::exchange(slots_[place].who, {});
  }

  std::size_t size() const noexcept { return slots_.size() - free_.size(); }

private:
  struct slot {
    waiter who;
    std::uint32_t turn = 0;
  };

  bool grow() {
    if (slots_.size() == capacity) return false;
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
    return true;
  }

  std::uint64_t bridge_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
};

} // namespace squall::gateway
