#include "deploy/cli/deployment/commands.hpp"
#include "deploy/cli/deployment/followed_log.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <thread>

namespace squall::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds look_again{200};

constexpr const char* footer =
    R"(When a process's log has 64 MiB (logging: max_size in the manifest), it becomes NAME.log.1 beside
it, in the place of the one before, and a fresh one begins. Both are read here.

Examples
  squall logs
  squall logs -f compute-1
  squall logs -n 1000 gateway-1 | grep error)";

struct logs_flags : deployment_flags {
  std::string process;
  bool follow = false;
  std::size_t lines = 100;
};

/// A log with what stands before each of its lines.
struct shown_log {
  followed_log from;
  std::string prefix;

  void print(const std::vector<std::string>& lines) const {
    for (const auto& line : lines)
      std::cout << prefix << line << '\n';
  }
};

/// Those that are to be shown, by their name.
std::map<std::string, fs::path> logs_in(const fs::path& folder, const std::string& process) {
  std::map<std::string, fs::path> found;
  std::set<std::string> all;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (entry.path().extension() != ".log") continue;
    const auto name = entry.path().stem().string();
    all.insert(name);
    // A group's name means all of its processes.
    const auto number = name.rfind('-');
    if (process.empty() || name == process || name.substr(0, number) == process)
      found.emplace(name, entry.path());
  }
  std::string names;
  for (const auto& name : all)
    names.append(names.empty() ? "" : ", ").append(name);
  if (found.empty())
    throw std::runtime_error(process.empty()
                                 ? "there are no logs in " + folder.string()
                                 : "there is no log of '" + process + "'; there are: " + names);
  return found;
}

exit_code run(const logs_flags& flags) {
  const auto place = deployment_of(flags, true);
  const auto found = logs_in(place.logs(), flags.process);
  std::size_t width = 0;
  for (const auto& [name, file] : found)
    width = std::max(width, name.size());
  std::vector<shown_log> logs;
  logs.reserve(found.size());
  for (const auto& [name, file] : found)
    logs.push_back({followed_log(file),
                    found.size() == 1 ? "" : name + std::string(width - name.size(), ' ') + " | "});
  for (auto& log : logs)
    log.print(log.from.last(flags.lines));
  std::cout << std::flush;
  while (flags.follow && std::cout) {
    std::this_thread::sleep_for(look_again);
    for (auto& log : logs)
      log.print(log.from.more());
    std::cout << std::flush;
  }
  return exit_code::done;
}

} // namespace

command add_logs(CLI::App& program) {
  auto flags = std::make_shared<logs_flags>();
  auto* app = program.add_subcommand("logs", "Show what processes of a deployment have written");
  app->footer(footer);
  app->add_option("process", flags->process, "a process or a group; default: all");
  app->add_option("--deployment", flags->target,
                  "its manifest, or its name (default: the only one)")
      ->type_name("FILE|NAME");
  app->add_flag("-f,--follow", flags->follow,
                "go on with what is written from now on "
                "(default: off)");
  app->add_option("-n,--lines", flags->lines, "of each log's end");
  add_run_directory(*app, *flags);
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
