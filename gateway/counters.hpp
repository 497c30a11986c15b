#pragma once

#include "gateway/access/guard.hpp"
#include "proto/store_report.hpp"

#include <atomic>
#include <cstdint>
#include <functional>

namespace squall::gateway {

/// What all io threads of one gateway count together, and where they read what others count.
struct counters {
  std::atomic<std::uint64_t> http_connections{0};      ///< open now
  std::atomic<std::uint64_t> websocket_connections{0}; ///< open now
  std::atomic<std::uint64_t> http_requests{0};         ///< since the start
  std::atomic<std::uint64_t> websocket_messages{0};    ///< received since the start
  access::refusals refused{};                          ///< requests that no token allowed
  /// Whether the gateway is about to end: readiness is gone, and answers close their connections.
  std::atomic<bool> leaving{false};
  /// Whether declared queues or schedules are not there yet.
  std::atomic<bool> undeclared{false};
  /// How the queues' store works: set before there are io threads, called by all of them. Empty:
  /// there is none to speak of.
  std::function<proto::store_report()> store;
};

} // namespace squall::gateway
