#pragma once

#include <functional>
#include <memory>

namespace squall::cli {

/// SIGTERM and SIGINT of a process that drains: the first one calls a function, the second one
/// ends the process at once. Watches, on a thread of its own, from construction to destruction.
class shutdown_signals {
public:
  /// `on_first` is called on the watching thread.
  explicit shutdown_signals(std::function<void()> on_first);
  ~shutdown_signals();
  shutdown_signals(const shutdown_signals&) = delete;
  shutdown_signals& operator=(const shutdown_signals&) = delete;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace squall::cli
