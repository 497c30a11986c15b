#pragma once

#include "gateway/http/message.hpp"

#include <optional>

namespace squall::gateway::http {

/// The answer to a request whose body is neither empty nor JSON sent as JSON; nothing when it is.
/// Whether it is UTF-8 is not looked at.
std::optional<response> refuse_json(const request& to);

/// The same, also to one whose body is not UTF-8: parts of it go out again in messages that must
/// be.
std::optional<response> refuse_text(const request& to);

} // namespace squall::gateway::http
