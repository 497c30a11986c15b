#pragma once

#include "proto/schedule.hpp"

#include <string>

/// Schedules as JSON text, as clients read them. Pure.
namespace squall::gateway {

/// Appends a schedule; without the params of its jobs unless `is_whole`.
void append_schedule(std::string& out, const proto::schedule& what, bool is_whole);

} // namespace squall::gateway
