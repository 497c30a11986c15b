#pragma once

#include "deploy/cli/line_splitter.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace squall::cli {

/// Reads lines from a descriptor on a thread of its own, because a file cannot be waited for in an
/// event loop, and a few thousand lines ahead at most. Its owner takes them from one thread. Ends
/// its thread when it is destroyed, even while nothing comes.
class line_source {
public:
  /// `on_lines` is called on the reading thread when there are lines, or the end, after there were
  /// none.
  line_source(int descriptor, std::function<void()> on_lines);
  ~line_source();
  line_source(const line_source&) = delete;
  line_source& operator=(const line_source&) = delete;

  /// The next line, if it is there already.
  std::optional<numbered_line> next();
  /// No line will come any more.
  bool ended();
  /// Bytes read so far.
  std::uint64_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

private:
  void read_all();
  bool wait_for_input() const;
  bool hand_over(std::vector<numbered_line>& lines);
  void finish(std::exception_ptr error);

  const int descriptor_;
  const int stop_;
  const std::function<void()> on_lines_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::deque<numbered_line> lines_;
  std::exception_ptr error_;
  bool ended_ = false;
  bool stopped_ = false;
  std::atomic<std::uint64_t> bytes_{0};
  std::thread thread_;
};

} // namespace squall::cli
