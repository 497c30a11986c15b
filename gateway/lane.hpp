#pragma once

#include "gateway/counters.hpp"
#include "gateway/http/identity.hpp"
#include "gateway/settings.hpp"
#include "proto/endpoint.hpp"
#include "proto/messages.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace squall::gateway {

/// One io thread with all that its connections need: event loop, bridge to the actors, spreading
/// of big calls, and the protocols. Owned by the gateway's process; its members may be called from
/// any thread unless said otherwise.
class lane {
public:
  /// `limits`, `counts` and `identity` outlive the lane and, once it runs, do not change.
  /// Throws `std::runtime_error` when the router takes no more bridges.
  lane(std::size_t number, caf::actor_system& system, const proto::router_actor& router,
       const proto::broker_port& broker, const settings& limits, counters& counts,
       const http::gateway_identity& identity);
  ~lane();
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  /// Takes the address before `start`; returns the port. `share_port`: other lanes listen there
  /// too. Throws `std::system_error`.
  std::uint16_t listen(const proto::endpoint& where, bool share_port);
  /// Starts the thread.
  void start();
  /// No new work; `drained` is called on the lane's thread when the connections that there are
  /// have had their answers.
  void drain(std::function<void()> drained);
  /// Closes what is still open and ends the thread.
  void stop();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace squall::gateway
