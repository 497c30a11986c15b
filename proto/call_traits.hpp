#pragma once

#include "proto/kind_info.hpp"

#include <string_view>

namespace squall::proto {

// What a kind says of a call with these params (JSON text). Malformed params have no property that
// the kind does not always have. Pure; parses the params only when they decide.

/// Whether it may be run again when its worker died.
bool is_repeatable(const kind_info& kind, std::string_view params);

/// Whether it has no side effects, so that HTTP GET may make it (RFC 9110, 9.2.1).
bool is_safe(const kind_info& kind, std::string_view params);

} // namespace squall::proto
