#pragma once

#include "deploy/cli/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

/// The commands of the program, one source file each. A function adds its command's flags to the
/// program and returns what runs the command once all flags have their values. That owns the
/// variables which the flags are bound to.
namespace squall::cli {

using runner = std::function<exit_code()>;
struct file_layer;

struct command {
  CLI::App* app = nullptr; ///< owned by the program's app
  runner run;              ///< throws `misuse`, `unreachable` or `connection_lost`
  /// Filled in before `run`, for a command that reads its file again.
  std::shared_ptr<file_layer> file = nullptr;
};

command add_gateway_command(CLI::App& program);
command add_worker_command(CLI::App& program);
command add_call_command(CLI::App& program);
command add_status_command(CLI::App& program);
command add_bench_command(CLI::App& program);
command add_validate_command(CLI::App& program);
command add_render_command(CLI::App& program);

/// `queue` and the commands below it, each of which is run by itself.
std::vector<command> add_queue_commands(CLI::App& program);
/// `job` and the commands below it, likewise.
std::vector<command> add_job_commands(CLI::App& program);
/// `schedule` and the commands below it, likewise.
std::vector<command> add_schedule_commands(CLI::App& program);
/// `token` and the commands below it, likewise.
std::vector<command> add_token_commands(CLI::App& program);
/// `certs` and the commands below it, likewise.
std::vector<command> add_certs_commands(CLI::App& program);
/// `up`, `ps`, `logs`, `scale`, `apply` and `down`.
std::vector<command> add_deployment_commands(CLI::App& program);

} // namespace squall::cli
