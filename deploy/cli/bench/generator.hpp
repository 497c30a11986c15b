#pragma once

#include "deploy/cli/bench/histogram.hpp"
#include "deploy/cli/bench/options.hpp"

#include <cstdint>
#include <string>

namespace squall::cli::bench {

/// What was measured between the end of the warm-up and the end of the run.
struct outcome {
  double seconds = 0;
  std::uint64_t answers = 0;    ///< right and wrong ones
  std::uint64_t errors = 0;     ///< wrong answers, refusals and lost connections, of the whole run
  std::string first_error;      ///< what the first of them was
  histogram latency_ns;         ///< of the right answers
  double cpu_share = 0;         ///< of one core, this process alone
  std::uint64_t unsent = 0;     ///< due by the schedule but never asked; with a rate
  std::uint64_t unanswered = 0; ///< asked, but not answered within 2 s of the end
};

/// Asks as `settings` say, from one thread over one epoll loop: all frames of a connection's turn
/// go out in one send. Takes `warmup + seconds`, and 2 s more at most for what is under way at the
/// end. Throws `unreachable` when not every connection can be opened.
outcome generate(const options& settings);

} // namespace squall::cli::bench
