#pragma once

#include "proto/call.hpp"

#include <string>
#include <string_view>

namespace squall::gateway::rpc {

/// Appends the JSON-RPC response to the request with this id (JSON text): a result, or an error
/// whose `data` has the error's name as `code` besides the members of `answer.data`.
void append_response(std::string& out, std::string_view id, const proto::result& answer);

/// Appends the notification that calls `method` with `params` (JSON text).
void append_notification(std::string& out, std::string_view method, std::string_view params);

} // namespace squall::gateway::rpc
