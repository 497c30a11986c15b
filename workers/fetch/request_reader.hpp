#pragma once

#include "workers/fetch/members.hpp"
#include "workers/fetch/params.hpp"

#include <span>
#include <string>

namespace squall::workers::fetch {

/// Reads one request. Throws `refusal`. `place` is where it stands in the params, as "requests[3]",
/// or empty.
request read_request(std::span<const member> members, const std::string& place);

} // namespace squall::workers::fetch
