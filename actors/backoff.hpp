#pragma once

#include <chrono>
#include <cstdint>

namespace squall::actors {

/// Pauses between attempts that fail: they double from `first` to `most`, and each is shortened at
/// random by up to a half, so that many processes do not come back at the same moment.
class backoff {
public:
  using duration = std::chrono::milliseconds;

  backoff(duration first, duration most, std::uint64_t seed)
      : first_{first}, most_{most}, next_{first}, random_{seed} {}

  /// The pause before the next attempt; at least half of the full one, at most the full one.
  duration next() noexcept;

  /// After a success: begin with the first pause again.
  void reset() noexcept { next_ = first_; }

private:
  duration first_;
  duration most_;
  duration next_;
  std::uint64_t random_;
};

} // namespace squall::actors
