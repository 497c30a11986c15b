#pragma once

#include "gateway/queue/member_values.hpp"
#include "proto/schedule.hpp"

#include <string_view>

/// What clients say of schedules, as JSON. Each function says for people what is wrong, or nothing
/// when all is good. Pure, but for the clock and the system's time zones.
namespace squall::gateway {

/// Takes a schedule from a JSON object. Its name may be in it only when it has none yet. Its first
/// due time is the first from now on.
complaint read_schedule(proto::schedule& to, std::string_view text);

/// Takes the name of a schedule from a JSON object that has nothing else.
complaint read_schedule_name(proto::schedule& to, std::string_view text);

/// Whether it can be a schedule's name.
complaint check_schedule_name(std::string_view name);

} // namespace squall::gateway
