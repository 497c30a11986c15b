#pragma once

#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace squall::actors {

/// Those who ordered an actor to drain and wait to hear that it has: all are answered together, as
/// soon as nothing is left, or at the first of their times. Owned by the actor.
class waiting_drains {
public:
  using promise = caf::typed_response_promise<bool>;
  using time_point = std::chrono::steady_clock::time_point;

  void add(promise who, time_point until) {
    until_ = promises_.empty() ? until : std::min(until_, until);
    promises_.push_back(std::move(who));
  }
  /// Answers them when the actor has `finished`, or when their time is over.
  void settle(bool finished, time_point now) {
    if (!finished && now < until_) return;
    for (auto& each : std::exchange(promises_, {}))
      each.deliver(finished);
  }
  /// When to call `settle` at the latest; nothing when nobody waits.
  std::optional<time_point> until() const {
    return promises_.empty() ? std::nullopt : std::optional{until_};
  }

private:
  std::vector<promise> promises_;
  time_point until_;
};

} // namespace squall::actors
