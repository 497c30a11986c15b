#pragma once

#include "deploy/cli/layers.hpp"

#include <string>
#include <vector>

namespace squall::cli {

/// Runs the command line `arguments` (without the program's name) with the variables `variables`
/// and returns the exit code. Results go to stdout, errors and the log to stderr.
int run_program(std::vector<std::string> arguments, const environment& variables);

} // namespace squall::cli
