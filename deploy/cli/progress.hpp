#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace squall::cli {

/// How far a job is.
struct progress {
  std::uint64_t done = 0; ///< failed ones too
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;       ///< of the input, read
  std::uint64_t total_bytes = 0; ///< 0: not known, the input is a pipe
  std::chrono::milliseconds elapsed{0};
};

/// One line for a terminal, without its end: a bar when the total is known, counts and rate.
std::string render_progress(const progress& now);

/// Shows progress on stderr when that is a terminal, ten times a second at most; otherwise does
/// nothing. One thread.
class progress_bar {
public:
  progress_bar();

  /// Draws the line anew when it is time to.
  void update(progress now);
  /// Draws it a last time and ends the line.
  void finish(progress now);

private:
  using clock = std::chrono::steady_clock;

  void draw(progress now);

  const bool terminal_;
  const clock::time_point begun_ = clock::now();
  clock::time_point next_ = begun_;
};

} // namespace squall::cli
