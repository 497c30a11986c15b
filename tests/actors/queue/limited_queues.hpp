#pragma once

#include "proto/queue.hpp"

#include <cstdint>

namespace squall::tests {

/// Of a queue with so many leased items at a time.
inline proto::queue_settings at_most(std::uint32_t max_running) {
  proto::queue_settings out;
  out.max_running = max_running;
  return out;
}

/// Of a queue that hands out so many items per `ms`.
inline proto::queue_settings rated(std::uint32_t count, std::uint32_t ms = 1'000) {
  proto::queue_settings out;
  out.rate_count = count;
  out.rate_ms = ms;
  return out;
}

} // namespace squall::tests
