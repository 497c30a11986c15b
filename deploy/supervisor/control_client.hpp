#pragma once

#include "deploy/supervisor/run_directory.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace squall::supervisor {

/// Asks the supervisor of a deployment, and blocks until it has done what it was asked for. An
/// object with "command" is asked: "ps", "scale" (with "group", "replicas"), "apply" (with "plan",
/// "dry_run") or "down". `tell` gets its lines on the way. The answer has "ok", and what the
/// command gives. Throws `std::runtime_error` with what the supervisor said against it, or when it
/// went away.
nlohmann::json ask_supervisor(const run_directory& place, const nlohmann::json& question,
                              const std::function<void(const std::string& line)>& tell);

} // namespace squall::supervisor
