#pragma once

#include "gateway/dispatcher.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace squall::gateway::rpc {

/// Reads the params of the method `call`: `{"kind", "params", "timeout_ms", "priority"}`, all but
/// `kind` optional. Otherwise says for people which member is wrong and why.
std::variant<call_request, std::string> read_call_params(std::string_view text);

} // namespace squall::gateway::rpc
