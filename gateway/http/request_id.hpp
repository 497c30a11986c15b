#pragma once

#include <string>
#include <string_view>

namespace squall::gateway::http {

/// Whether a client's request id is taken over: 1 to 128 visible ASCII characters.
bool is_request_id(std::string_view text) noexcept;

/// A new id: 128 bits as 32 hex digits, random from a generator of this thread. Unguessable it is
/// not; it names, it does not protect.
std::string make_request_id();

} // namespace squall::gateway::http
