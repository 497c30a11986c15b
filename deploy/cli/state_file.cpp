#include "deploy/cli/state_file.hpp"

#include "deploy/cli/exit_code.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include <sys/stat.h>

namespace squall::cli {

namespace {

constexpr const char* elsewhere = "; name a file, as in --store sqlite:/path/queues.db, or keep "
                                  "queues in memory with --store memory:";

/// The variable's value as an absolute path; empty when it is none.
std::filesystem::path absolute_path(const environment& variables, const std::string& name) {
  const auto at = variables.find(name);
  if (at == variables.end()) return {};
  std::filesystem::path path = at->second;
  return path.is_absolute() ? path : std::filesystem::path{};
}

std::filesystem::path state_directory(const environment& variables, bool is_root) {
  // systemd names every StateDirectory= of the unit, with colons between them.
  auto given = variables.find("STATE_DIRECTORY");
  if (given != variables.end()) {
    const auto first = given->second.substr(0, given->second.find(':'));
    if (auto path = absolute_path({{"first", first}}, "first"); !path.empty()) return path;
  }
  if (is_root) return "/var/lib/squall";
  if (auto path = absolute_path(variables, "XDG_STATE_HOME"); !path.empty()) return path / "squall";
  if (auto path = absolute_path(variables, "HOME"); !path.empty())
    return path / ".local" / "state" / "squall";
  return {};
}

} // namespace

environment state_environment() {
  environment variables;
  for (const auto* name : {"STATE_DIRECTORY", "XDG_STATE_HOME", "HOME"})
    if (const auto* value = std::getenv(name)) variables.emplace(name, value);
  return variables;
}

std::filesystem::path default_store_file(const environment& variables, bool is_root) {
  const auto directory = state_directory(variables, is_root);
  if (directory.empty())
    throw misuse(std::string("--store: there is no place for queues by default, since none of "
                             "STATE_DIRECTORY, XDG_STATE_HOME and HOME is an absolute path") +
                 elsewhere);
  return directory / "queues.db";
}

void make_state_directory(const std::filesystem::path& directory) {
  std::filesystem::path made;
  for (const auto& part : directory) {
    made /= part;
    if (::mkdir(made.c_str(), S_IRWXU) == 0 || errno == EEXIST) continue;
    throw misuse("--store: cannot make " + made.string() + ": " +
                 std::generic_category().message(errno) + elsewhere);
  }
}

} // namespace squall::cli
