#pragma once

#include "proto/queue.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace squall::actors {

/// Bounds how fast a queue hands out items: a token bucket, in which an item is a token. What fits
/// into it is a second's worth, and at least one. It is full at first, and when the rate has become
/// another. It lives in memory only, so it is full again when its queue was read from a store.
class rate_bucket {
public:
  /// So many items may be handed out now. Times are milliseconds that never go back.
  std::uint32_t available(const proto::queue_settings& rate, std::uint64_t now_ms) noexcept {
    if (rate.rate_count == 0) {
      count_ = 0;
      return std::numeric_limits<std::uint32_t>::max();
    }
    const auto item = std::max(rate.rate_ms, 1U);
    if (rate.rate_count != count_ || item != item_) {
      count_ = rate.rate_count;
      item_ = item;
      level_ = capacity();
    } else {
      const auto to_fill = (capacity() - level_) / count_ + 1;
      level_ = std::min(capacity(), level_ + std::min(now_ms - since_ms_, to_fill) * count_);
    }
    since_ms_ = now_ms;
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(level_ / item_, std::numeric_limits<std::uint32_t>::max()));
  }
  /// As many as were available at most.
  void take(std::uint32_t items) noexcept {
    if (count_ > 0) level_ -= items * item_;
  }
  /// An item that was taken was not looked at.
  void give_back() noexcept {
    if (count_ > 0) level_ = std::min(capacity(), level_ + item_);
  }
  /// When there is one, after none was available.
  std::uint64_t next_ms() const noexcept {
    return since_ms_ + (item_ - level_ + count_ - 1) / count_;
  }

private:
  // An item is as many parts as its rate has milliseconds, so that each millisecond brings a whole
  // number of them. What a millisecond brings beyond an item is kept even where only one fits.
  std::uint64_t capacity() const noexcept { return std::max(item_ + count_ - 1, count_ * 1'000); }

  std::uint64_t count_ = 0; ///< parts that a millisecond brings; 0: no limit
  std::uint64_t item_ = 1;  ///< parts of an item
  std::uint64_t level_ = 0; ///< parts that are there
  std::uint64_t since_ms_ = 0;
};

} // namespace squall::actors
