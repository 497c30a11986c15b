#pragma once

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/job/commands.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace squall::cli {

/// Waits until the jobs `ids` have ended, and prints the results of those that are done on stdout,
/// as JSON, a line each in the order of `ids` (`flags.as_json`: all the jobs, whatever became of
/// them); on stderr, why others have none, and how to go on when not all have ended within
/// `timeout`, or before a signal. `met`: the gateway was just there. Throws as `wait_for_jobs`
/// does.
exit_code print_ends(const job_flags& flags, const std::vector<std::string>& ids,
                     std::chrono::milliseconds timeout, bool met);

} // namespace squall::cli
