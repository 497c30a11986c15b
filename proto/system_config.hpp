#pragma once

#include <caf/actor_system_config.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace squall::proto {

/// Files of mutual TLS between gateways and workers (PEM). All empty: no TLS.
struct cluster_tls {
  std::string certificate; ///< of this process, signed by `ca`
  std::string key;
  std::string ca; ///< peers without a certificate of this authority are refused

  explicit operator bool() const noexcept { return !certificate.empty(); }
};

/// How a process wants CAF.
struct system_options {
  /// Of CAF's scheduler. One is enough, and fastest: routers, agents and bridges only pass messages
  /// on, a way from actor to actor then wakes no thread, and slots that compute have threads of
  /// their own.
  std::size_t threads = 1;
  bool network = false; ///< load CAF's middleman
  cluster_tls tls;      ///< with `network`
  std::chrono::milliseconds heartbeat{500};
  std::chrono::milliseconds silence{2'000}; ///< a peer that says nothing for so long is gone
};

/// CAF's configuration with our message types and the settings that make round trips between
/// processes eight times faster than CAF's defaults (`scheduler.policy=sharing`,
/// `middleman.workers=0`). Reads neither the command line nor `caf-application.ini`.
class system_config : public caf::actor_system_config {
public:
  explicit system_config(const system_options& options);
};

} // namespace squall::proto
