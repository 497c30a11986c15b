#pragma once

#include "gateway/declare/declarations.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace squall::gateway {

/// What a gateway is to see to, from whoever reads that out of a file; what is put later replaces
/// what was put before. Thread-safe.
class declaration_inbox {
public:
  void put(declarations what) {
    const std::lock_guard guard{mutex_};
    newest_ = std::move(what);
    changed_.notify_all();
  }

  /// What was put since the last time; waits for it so long at most, or until `stop` is requested.
  std::optional<declarations> take(const std::stop_token& stop, std::chrono::milliseconds within) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, stop, within, [this] { return newest_.has_value(); });
    return std::exchange(newest_, std::nullopt);
  }

private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<declarations> newest_;
};

} // namespace squall::gateway
