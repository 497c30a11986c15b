#pragma once

#include "actors/backoff.hpp"

#include <chrono>
#include <cstdint>

namespace squall::supervisor {

/// When a process that ended by itself is started again: after 1 s, and each time it does so soon
/// again after twice as long, 30 s at most; each pause is shortened at random by up to a half. Once
/// it ran for a minute, the pauses begin anew. Pure; one thread.
class restart_policy {
public:
  using duration = std::chrono::milliseconds;

  static constexpr duration first{1'000};
  static constexpr duration most{30'000};
  static constexpr duration ran_well{60'000};

  explicit restart_policy(std::uint64_t seed) : pauses_(first, most, seed) {}

  /// The pause before the next start. \param ran how long it ran
  duration next(duration ran) noexcept {
    if (ran >= ran_well) pauses_.reset();
    return pauses_.next();
  }

private:
  actors::backoff pauses_;
};

} // namespace squall::supervisor
