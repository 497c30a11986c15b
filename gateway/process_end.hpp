#pragma once

#include <chrono>
#include <memory>

namespace squall::gateway {

/// How a gateway's process is told to end. Watches for SIGTERM and SIGINT on a thread of its own,
/// from construction to destruction, so that a second signal and the end of the drain's time are
/// heeded however busy everything else is.
class process_end {
public:
  process_end();
  ~process_end();
  process_end(const process_end&) = delete;
  process_end& operator=(const process_end&) = delete;

  /// Blocks until the first signal has come. From then on another one ends the process at once,
  /// with exit code 1.
  void wait();
  /// Ends the process with exit code 1 once `time` has passed from now: what still runs then is on
  /// threads that nothing can end.
  void limit(std::chrono::milliseconds time);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace squall::gateway
