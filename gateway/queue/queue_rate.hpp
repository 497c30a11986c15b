#pragma once

#include "gateway/queue/member_values.hpp"
#include "proto/queue.hpp"

#include <string>
#include <string_view>

namespace squall::gateway {

/// A queue's rate as text: "100/s", "5/m", "1000/h"; empty when there is none.
std::string rate_text(const proto::queue_settings& settings);

/// Reads a member's value, which is such a text as JSON, or null for none.
complaint read_rate(std::string_view value, proto::queue_settings& to);

} // namespace squall::gateway
