#pragma once

#include "gateway/http/message.hpp"
#include "gateway/settings.hpp"

#include <string>
#include <string_view>

namespace squall::gateway::http {

/// Whether `origin` is one that the settings list, or all are.
bool is_listed_origin(const settings& limits, std::string_view origin);

/// Whether a page of that origin may open a WebSocket here: its own host and port, or listed. An
/// empty origin is no browser's.
bool may_open_websocket(const settings& limits, std::string_view origin, std::string_view host);

/// Adds what the Fetch standard wants on every answer to another origin's page.
void add_cors(const settings& limits, const request& to, response& answer);

/// Adds the answer to a preflight, when `to` is an allowed one. `methods` as in `Allow`.
void add_preflight(const settings& limits, const request& to, std::string_view methods,
                   response& answer);

} // namespace squall::gateway::http
