#pragma once

#include "proto/interfaces.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace squall::actors {

/// The ticks that an actor sends to itself, for moments that change with every message: one that
/// comes about as soon will do, for otherwise every message would arm a timer. Owned by the actor.
class next_tick {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Has a tick come at `when`, or a millisecond later at most.
  template <class Self>
  void send_at(Self* self, time_point when, time_point now) {
    using std::chrono::milliseconds;
    if (at_ && *at_ <= when + milliseconds{1}) return;
    at_ = when;
    const auto delay = std::chrono::ceil<milliseconds>(when - now);
    self->delayed_send(self, std::max(delay, milliseconds{1}), proto::tick{});
  }
  /// One came; maybe an older one.
  void came(time_point now) {
    if (at_ && *at_ <= now) at_.reset();
  }

private:
  std::optional<time_point> at_; ///< nothing: none is under way
};

} // namespace squall::actors
