#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <set>
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

/// A section's values, by flag.
using section_values = std::map<std::string, std::vector<std::string>>;

/// Where a command's flags come from, kept to read its file again while it runs.
struct file_layer {
  std::string path;            ///< as `--config` has it; empty: there is no file
  std::set<std::string> given; ///< flags that command line or environment say: those stand
  section_values values;       ///< of the command's section
};

/// To be called between `apply_environment` and `apply_file`. Throws like `read_section`.
file_layer layer_of(CLI::App& program, CLI::App& command, const std::string& path);

/// What a file says of a command now. Throws `misuse` for a file that cannot be read, and for keys
/// that no command has, with a line for each.
section_values read_section(CLI::App& program, CLI::App& command, const std::string& path);

/// Gives every flag of `command` that was not given yet its value of section `[command]` of the
/// file (TOML: `io-threads = 4`, `pool = ["prime=2", "sleep=8"]`). Throws `misuse` for a file that
/// cannot be read, for a key of any section that no command has, or for a bad value; `what` names
/// file and key.
void apply_file(CLI::App& program, CLI::App& command, const std::string& path);

} // namespace squall::cli
