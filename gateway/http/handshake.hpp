#pragma once

#include "gateway/http/context.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/routes.hpp"

#include <optional>

namespace squall::gateway::http {

/// Why the request's upgrade to WebSocket at `where` is refused (RFC 6455, 4.2), or nothing.
std::optional<response> refuse_upgrade(const context& shared, const request& to,
                                       const route& where);

} // namespace squall::gateway::http
