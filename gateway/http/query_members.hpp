#pragma once

#include "gateway/queue/member_values.hpp"

#include <functional>
#include <string_view>

namespace squall::gateway::http {

/// Gives `take` every `name=value` of a query string, decoded, until it complains.
complaint
read_query(std::string_view query,
           const std::function<complaint(std::string_view name, std::string_view value)>& take);

} // namespace squall::gateway::http
