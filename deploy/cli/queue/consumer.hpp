#pragma once

#include "deploy/cli/url.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace squall::cli {

/// When a consumer ends by itself.
enum class consume_until {
  stopped, ///< never
  once,    ///< after one item
  empty,   ///< when the queue has nothing ready and nothing runs here
};

struct consume_options {
  url gateway;
  std::string queue;
  std::string command;
  std::size_t concurrency = 1;
  std::chrono::milliseconds lease{0}; ///< 0: the queue's own
  consume_until until = consume_until::stopped;
};

struct consume_result {
  std::uint64_t done = 0;
  std::uint64_t failed = 0; ///< nacked, or their lease was lost
};

/// Leases items, one for each of `concurrency` slots, runs the command for each and acks or nacks
/// them. Waits while the gateway is away, once it was there. The first SIGINT or SIGTERM lets what
/// runs finish; a second one kills the commands and ends the process with exit code 1. Blocks. Call
/// it on the main thread. Throws `unreachable` when there is no gateway at the begin, and
/// `std::runtime_error` when it refuses.
consume_result consume(const consume_options& options);

} // namespace squall::cli
