#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace squall::gateway {

/// What many threads go by and one now and then replaces as a whole. Any thread.
template <class T>
class latest {
public:
  explicit latest(std::shared_ptr<const T> first) : value_{std::move(first)} {}

  void put(std::shared_ptr<const T> next) {
    const std::lock_guard lock{mutex_};
    value_ = std::move(next);
    version_.fetch_add(1, std::memory_order_release);
  }
  std::shared_ptr<const T> get() const {
    const std::lock_guard lock{mutex_};
    return value_;
  }
  /// Another one after each `put`; never 0. Costs next to nothing.
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
  std::atomic<std::uint64_t> version_{1};
};

} // namespace squall::gateway
