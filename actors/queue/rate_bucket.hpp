#pragma once

#include "proto/queue.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace squall::actors {

/// Bounds how fast a queue hands out items: a token bucket, in which an item is a token. What fits
/// into it is a second's worth, and at least one. It is full at first, and when the rate has become
/// another. Stores of one gateway do not keep it, so it is full again when they read their queues.
/// Gateways that share one have clocks that differ a little: time goes by the one that is ahead.
class rate_bucket {
public:
  /// What is in it, to be kept elsewhere.
  struct contents {
    std::uint64_t count = 0; ///< parts that a millisecond brings; 0: no limit
    std::uint64_t item = 1;  ///< parts of an item
    std::uint64_t level = 0; ///< parts that are there
    std::uint64_t since_ms = 0;

    friend bool operator==(const contents&, const contents&) = default;
  };

  rate_bucket() = default;
  explicit rate_bucket(const contents& kept) : in_{kept} {}
  const contents& kept() const noexcept { return in_; }

  /// So many items may be handed out now. Times are milliseconds that never go back.
  std::uint32_t available(const proto::queue_settings& rate, std::uint64_t now_ms) noexcept {
    if (rate.rate_count == 0) {
      in_.count = 0;
      return std::numeric_limits<std::uint32_t>::max();
    }
    const auto item = std::max(rate.rate_ms, 1U);
    if (rate.rate_count != in_.count || item != in_.item) {
      in_.count = rate.rate_count;
      in_.item = item;
      in_.level = capacity();
    } else {
      const auto to_fill = (capacity() - in_.level) / in_.count + 1;
      in_.level = std::min(capacity(),
                           in_.level + std::min(now_ms - std::min(now_ms, in_.since_ms), to_fill) *
                                           in_.count);
    }
    constexpr std::uint64_t most_ahead_ms = 10'000; // more is a clock that was wrong
    if (now_ms >= in_.since_ms || in_.since_ms - now_ms > most_ahead_ms) in_.since_ms = now_ms;
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(in_.level / in_.item, std::numeric_limits<std::uint32_t>::max()));
  }
  /// As many as were available at most.
  void take(std::uint32_t items) noexcept {
    if (in_.count > 0) in_.level -= items * in_.item;
  }
  /// An item that was taken was not looked at.
  void give_back() noexcept {
    if (in_.count > 0) in_.level = std::min(capacity(), in_.level + in_.item);
  }
  /// When there is one, after none was available.
  std::uint64_t next_ms() const noexcept {
    return in_.since_ms + (in_.item - in_.level + in_.count - 1) / in_.count;
  }

private:
  // An item is as many parts as its rate has milliseconds, so that each millisecond brings a whole
  // number of them. What a millisecond brings beyond an item is kept even where only one fits.
  std::uint64_t capacity() const noexcept {
    return std::max(in_.item + in_.count - 1, in_.count * 1'000);
  }

  contents in_;
};

} // namespace squall::actors
