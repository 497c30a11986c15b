#pragma once

#include "workers/fetch/params.hpp"

#include <nlohmann/json_fwd.hpp>

#include <stdexcept>

namespace squall::workers::fetch {

/// Params that are refused; says which member and why.
class refusal : public std::invalid_argument {
public:
  using std::invalid_argument::invalid_argument;
};

/// Reads one request, and leaves its parts moved from. Throws `refusal`. `place` is where it stands
/// in the params, as "requests[3]", or empty.
request read_request(nlohmann::json& params, const std::string& place);

} // namespace squall::workers::fetch
