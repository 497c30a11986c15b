#pragma once

#include "deploy/supervisor/plan.hpp"

#include <nlohmann/json_fwd.hpp>

/// Plans and processes as JSON, for the state file and between the commands and the supervisor.
/// What is missing or of a wrong type throws `nlohmann::json::exception`. Pure.
namespace squall::supervisor {

void to_json(nlohmann::json& to, const process_spec& from);
void from_json(const nlohmann::json& from, process_spec& to);
void to_json(nlohmann::json& to, const group& from);
void from_json(const nlohmann::json& from, group& to);
void to_json(nlohmann::json& to, const plan& from);
void from_json(const nlohmann::json& from, plan& to);

} // namespace squall::supervisor
