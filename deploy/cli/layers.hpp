#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <vector>

/// The layers below the command line: what a flag says there stands, then what the environment
/// says, then what the configuration file says, then the default.
namespace squall::cli {

/// Variables by name.
using environment = std::map<std::string, std::string>;

/// The variables of this process that begin with `SQUALL_`.
environment squall_environment();

/// Gives every flag of `command` that was not given yet its value of the environment:
/// `--io-threads` is `SQUALL_IO_THREADS`. `program` is the app that has all commands; variables of
/// another command's flags are left alone. Throws `misuse` for a variable that no command has, or
/// for a bad value; `what` names the variable.
void apply_environment(CLI::App& program, CLI::App& command, const environment& variables);

/// The name of a command as its section in a file has it: `gateway`, `queue.put`.
std::string section_of(const CLI::App& command);

/// Gives every flag of `command` that was not given yet its value of section `[command]` of the
/// file (TOML: `io-threads = 4`, `pool = ["prime=2", "sleep=8"]`). Throws `misuse` for a file that
/// cannot be read, for a key of any section that no command has, or for a bad value; `what` names
/// file and key.
void apply_file(CLI::App& program, CLI::App& command, const std::string& path);

} // namespace squall::cli
