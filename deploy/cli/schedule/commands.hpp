#pragma once

#include "deploy/cli/commands.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

/// What the commands below `squall schedule` share.
namespace squall::cli {

/// A table of schedules, of an array of them. Missing members count as empty. Pure.
std::string render_schedules(const nlohmann::json& schedules, bool colours);

} // namespace squall::cli
