#pragma once

#include "deploy/cli/url.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace squall::cli {

/// Which jobs to wait for, and how.
struct wait_options {
  url gateway;
  std::vector<std::string> ids;
  std::chrono::milliseconds timeout{0};
  bool met = false; ///< the gateway was just there; when it is away now, that will pass
  std::function<void(const std::string& job)> on_end; ///< gets each job's JSON text
};

enum class wait_end {
  all,         ///< all of them have ended
  time_over,   ///< `timeout` has passed
  interrupted, ///< a SIGINT or SIGTERM came
};

struct wait_result {
  wait_end end = wait_end::all;
  std::size_t ended = 0; ///< so many of the first ids have
};

/// Waits until the jobs have ended, one after the other, by long polling. Waits on while the
/// gateway is away, once it was there. Shows on stderr, when that is a terminal, what it waits for
/// and how far that is. Blocks. Call it on the main thread. Throws `misuse` for what is no id,
/// `unreachable` when there is no gateway at the begin or the end, and `std::runtime_error` when it
/// refuses.
wait_result wait_for_jobs(const wait_options& options);

} // namespace squall::cli
