#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace squall::cli {

/// SIGTERM and SIGINT of a process that drains: the first one calls a function, the second one
/// ends the process at once, with exit code 1. SIGHUP calls another function. Watches, on a thread
/// of its own, from construction to destruction, so that both are heeded however busy everything
/// else is.
class shutdown_signals {
public:
  /// `on_first` is called on the watching thread. When so much time has passed since then as
  /// `limit` says, the process ends with exit code 1: what still runs is on threads that nothing
  /// can end. Without a limit, whoever uses this sees to that. `on_hangup` is called at each
  /// SIGHUP, on the same thread; without one, SIGHUP is left as it is.
  explicit shutdown_signals(std::function<void()> on_first,
                            std::optional<std::chrono::milliseconds> limit = {},
                            std::function<void()> on_hangup = {});
  ~shutdown_signals();
  shutdown_signals(const shutdown_signals&) = delete;
  shutdown_signals& operator=(const shutdown_signals&) = delete;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace squall::cli
