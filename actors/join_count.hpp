#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace squall::actors {

/// How many of the gateways that a process knows it has joined. Written by its membership and by
/// its joiners, each on a thread of its own, so it is shared and thread-safe.
class join_count {
public:
  /// Called at each change, never twice at a time, on whoever's thread changed something. Must not
  /// block.
  using listener = std::function<void(std::size_t joined, std::size_t known)>;

  explicit join_count(listener changed) : changed_{std::move(changed)} {}

  /// So many gateways' addresses are known now.
  void know(std::size_t addresses) {
    const std::lock_guard guard{mutex_};
    known_ = addresses;
    changed_(joined_, known_);
  }

  /// A gateway that is joined, for as long as this is kept.
  using seat = std::shared_ptr<void>;

  static seat join(const std::shared_ptr<join_count>& at) {
    if (!at) return nullptr;
    at->add(1);
    return seat{at.get(), [at](void*) { at->add(-1); }};
  }

private:
  void add(int change) {
    const std::lock_guard guard{mutex_};
    joined_ += change;
    changed_(joined_, known_);
  }

  std::mutex mutex_;
  listener changed_;
  std::size_t joined_ = 0;
  std::size_t known_ = 0;
};

} // namespace squall::actors
