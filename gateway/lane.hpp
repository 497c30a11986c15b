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
  /// Accepts at a TCP socket that listens already and that others may share; before `start`. It is
  /// the lane's from now on. Throws `std::system_error`.
  void listen_at(int socket);
  /// Starts the thread.
  void start();
  /// Accepts no more; `done` is called on the lane's thread when all that was accepted before is
  /// among its connections.
  void stop_accepting(std::function<void()> done);
  /// No new work; `begun` is called when none comes any more and what came is on its way, `drained`
  /// when the connections that there are have had their answers. Both on the lane's thread.
  void drain(std::function<void()> begun, std::function<void()> drained);
  /// Calls `with` what the router says of itself, on the lane's thread: never, when that hangs.
  void inspect(std::function<void(const proto::router_status&)> with);
  /// Closes what is still open and ends the thread.
  void stop();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace squall::gateway
