#pragma once

#include "workers/fetch/fault.hpp"
#include "workers/fetch/params.hpp"

#include <string_view>
#include <variant>

namespace squall::workers::fetch {

/// Whether an answer with this status and a `Location` leads elsewhere (RFC 9110, 15.4).
bool is_redirect(long status) noexcept;

/// The request that a redirect leads to: 303, and 301 and 302 after POST, go on as GET without a
/// body; another origin gets neither credentials nor `Host`. User and password in `location` are
/// not used. A fault when it leads to what cannot be fetched.
std::variant<request, fault> redirected(request from, long status, std::string_view location);

} // namespace squall::workers::fetch
