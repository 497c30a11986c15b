#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace squall::gateway::access {
class token_table;
}
namespace squall::gateway::net {
class tls_context;
}

namespace squall::gateway {

template <class T>
class latest;

/// Limits and timeouts of the clients' side. The defaults are the documented ones; every one has a
/// flag of `squall gateway`.
struct settings {
  std::size_t max_header_bytes = 8 * 1024;
  std::size_t max_headers = 100;
  std::size_t max_body_bytes = 1024 * 1024;
  std::chrono::milliseconds header_timeout{
      10'000}; ///< from a request's first byte to its last header
  std::chrono::milliseconds body_timeout{30'000}; ///< from the last header to the body's end
  std::chrono::milliseconds idle_timeout{60'000}; ///< between requests of a connection
  std::chrono::milliseconds write_timeout{
      30'000}; ///< a peer that reads nothing for so long is gone

  std::size_t max_message_bytes = 1024 * 1024;   ///< of one WebSocket message, inflated (1009)
  std::size_t max_job_bytes = 1024 * 1024;       ///< of a job's params, and of its result
  std::size_t max_outbox_bytes = 1024 * 1024;    ///< unsent bytes of one connection (1008)
  std::size_t max_echo_bytes = 16 * 1024 * 1024; ///< message limit and outbox bound of `/ws/echo`
  std::chrono::milliseconds ping_interval{20'000};
  std::chrono::milliseconds pong_timeout{20'000};
  std::chrono::milliseconds close_timeout{5'000}; ///< for the closing handshake
  bool deflate = true;                            ///< offer permessage-deflate

  /// Foreign origins that may use CORS and WebSocket: `https://host[:port]`, or `*` for all.
  std::vector<std::string> origins;
  bool echo = false;                                   ///< serve `/echo` and `/ws/echo`
  std::shared_ptr<latest<access::token_table>> tokens; ///< of clients; null: none is needed
  std::shared_ptr<latest<net::tls_context>> tls;       ///< of new connections; null: plain TCP
  std::vector<std::string> required; ///< kinds that need a slot before `/readyz` says 200
};

} // namespace squall::gateway
