#pragma once

#include <atomic>
#include <cstdint>

namespace squall::gateway {

/// What all io threads of one gateway count together.
struct counters {
  std::atomic<std::uint64_t> http_connections{0};      ///< open now
  std::atomic<std::uint64_t> websocket_connections{0}; ///< open now
  std::atomic<std::uint64_t> http_requests{0};         ///< since the start
  std::atomic<std::uint64_t> websocket_messages{0};    ///< received since the start
};

} // namespace squall::gateway
