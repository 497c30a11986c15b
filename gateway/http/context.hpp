#pragma once

#include "gateway/counters.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/http/identity.hpp"
#include "gateway/protocol.hpp"
#include "gateway/queue/queue_port.hpp"
#include "gateway/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace squall::gateway::http {

/// What a client may speak WebSocket with.
enum class endpoint : std::uint8_t {
  json_rpc, ///< `/v1/ws`
  prime,    ///< `/ws/prime`
  echo,     ///< `/ws/echo`
};

struct upgrade_request; // gateway/http/upgrade.hpp, for those that know Beast

/// Makes the protocol that takes a connection over. The request is a checked handshake (method,
/// headers, version, key, origin); the protocol writes the 101 answer itself, in the factory or in
/// `on_open`, so it must copy what it needs of the request, which dies when the factory returns.
using upgrade_factory =
    std::function<std::unique_ptr<protocol>(link&, endpoint, const upgrade_request&)>;

/// What the HTTP sessions of one io thread share. Outlives them.
struct context {
  const settings& limits;
  dispatcher& calls;
  queue_port& queues;
  counters& counts;
  const gateway_identity& identity;
  upgrade_factory upgrade;
  access::guard guard{limits.tokens.get(), counts.refused};
};

} // namespace squall::gateway::http
