#pragma once

#include "deploy/cli/job/api.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

/// What people see of jobs. Missing members count as empty. Pure.
namespace squall::cli {

/// A table of jobs, of an array of them, at the Unix time `now_ms`.
std::string render_jobs(const nlohmann::json& jobs, std::int64_t now_ms, bool colours);

/// Where a job is, in one line: `01...  leased, attempt 2 of 5  {"done":3,"of":10}`.
std::string render_state(const job_state& job);

/// Why a job has no result, as a sentence.
std::string describe_failure(const job_state& job);

} // namespace squall::cli
