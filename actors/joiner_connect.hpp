#pragma once

#include <caf/actor_system.hpp>
#include <caf/io/middleman_actor.hpp>
#include <caf/node_id.hpp>

#include <cstdint>
#include <string>

namespace squall::actors {

/// Finds out whether somebody accepts TCP connections at an address, without blocking. CAF's own
/// connect blocks the one thread that makes connections for the whole process, for minutes when
/// packets to the address are dropped; so it is only let at addresses that answer.
class port_probe {
public:
  enum class state { waiting, open, failed };

  port_probe() = default;
  ~port_probe() { reset(); }
  port_probe(const port_probe&) = delete;
  port_probe& operator=(const port_probe&) = delete;

  /// Begins to connect. `host` is a numeric IPv4 or IPv6 address.
  void start(const std::string& host, std::uint16_t port);

  /// How it went so far. Never blocks.
  state check();

  /// Why it failed, for people.
  const std::string& error() const { return error_; }

  void reset();

private:
  void fail(int error);

  int socket_ = -1;
  std::string error_;
};

/// The actor that makes CAF's connections: with TLS when the process is configured for it.
caf::io::middleman_actor connector(caf::actor_system& system);

/// Closes the direct connection to a node, if there is one; every handle of actors there goes down.
/// A connection that was lost on the other side only keeps its place in CAF's routing table, and
/// each new one would be dropped in its favour.
void drop_connection(caf::actor_system& system, const caf::node_id& node);

} // namespace squall::actors
