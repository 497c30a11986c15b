#pragma once

#include "deploy/cli/layers.hpp"
#include "workers/changed_work.hpp"

#include <string>
#include <vector>

namespace squall::cli {

/// What the file of `layer` says now of the pools and consumed queues of a command. `pools` and
/// `consumes` are what the flags were at the start: one of them that command line or environment
/// said stands. Queues that a gateway takes by their name alone, whose jobs it runs, are left out.
/// Logs which of the other flags differ, as these wait for a restart. Throws `misuse`, with a line
/// for each mistake.
workers::work_orders read_work_again(CLI::App& command, const file_layer& layer,
                                     const std::vector<std::string>& pools,
                                     const std::vector<std::string>& consumes,
                                     const workers::registry& kinds);

/// Logs a refusal line by line, and that everything stays as it is.
void log_refusal(const std::string& path, const std::string& mistakes);

} // namespace squall::cli
