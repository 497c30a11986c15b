#pragma once

#include "deploy/cli/commands.hpp"
#include "deploy/cli/gateway_flags.hpp"

#include <string>
#include <vector>

/// The commands below `squall job`. A function adds one or more of them to `job`.
namespace squall::cli {

/// What every one of them has.
struct job_flags {
  gateway_flags url;
  bool as_json = false;
};

/// A command with `--url`.
CLI::App* add_job_leaf(CLI::App& job, const std::string& name, const std::string& description,
                       job_flags& flags, const char* footer);

command add_job_submit(CLI::App& job);
command add_job_wait(CLI::App& job);
command add_job_list(CLI::App& job);
std::vector<command> add_job_looks(CLI::App& job); ///< get, cancel

} // namespace squall::cli
