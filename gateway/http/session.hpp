#pragma once

#include "gateway/http/context.hpp"
#include "gateway/protocol.hpp"

#include <memory>

namespace squall::gateway::http {

/// HTTP/1.1 on one connection. `connection` and `shared` outlive it.
std::unique_ptr<protocol> make_session(link& connection, context& shared);

} // namespace squall::gateway::http
