#pragma once

#include "deploy/cli/commands.hpp"
#include "deploy/supervisor/run_directory.hpp"
#include "deploy/supervisor/supervisor.hpp"

#include <string>

/// The commands that bring up what a manifest says, and look after it.
namespace squall::cli {

/// Flags that all of them have.
struct deployment_flags {
  std::string target;        ///< a manifest, or a deployment's name; empty: the one that runs
  std::string run_directory; ///< empty: the user's
};

command add_up(CLI::App& program);
command add_ps(CLI::App& program);
command add_logs(CLI::App& program);
command add_scale(CLI::App& program);
command add_apply(CLI::App& program);
command add_down(CLI::App& program);

/// Adds `--run-directory`.
void add_run_directory(CLI::App& app, deployment_flags& flags);

/// The deployment that the flags mean. Throws `misuse` for a manifest with mistakes, and when
/// nothing is named and there is not just one. \param also_ended one that has left its logs will do
supervisor::run_directory deployment_of(const deployment_flags& flags, bool also_ended = false);

/// The manifest as a plan for this machine. Throws `misuse` with all its mistakes.
supervisor::plan plan_of(const deployment_flags& flags);

/// The run directory of a plan.
supervisor::run_directory place_of(const deployment_flags& flags, const std::string& deployment);

/// This program, as it is to be started.
std::filesystem::path own_program();

/// Asks the supervisor to change something; its lines go to stdout. Throws as `ask_supervisor`
/// does, and `std::runtime_error` when there is no supervisor.
exit_code ask_for_change(const supervisor::run_directory& place, const std::string& question);

} // namespace squall::cli
