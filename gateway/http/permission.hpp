#pragma once

#include "gateway/access/guard.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/routes.hpp"

#include <optional>

namespace squall::gateway::http {

/// Whoever makes the request: with the token of `Authorization: Bearer`, or with that of a
/// WebSocket's subprotocol, as browsers can send no header there.
access::visitor visitor_of(const context& shared, const request& to);

/// Why the request at `where` is not allowed (RFC 6750, 3), or nothing. The parameter of the
/// request's path is set.
std::optional<response> refuse_access(const context& shared, const request& to, const route& where);

} // namespace squall::gateway::http
