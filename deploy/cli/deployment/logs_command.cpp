#include "deploy/cli/deployment/commands.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>

namespace squall::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds look_again{200};
constexpr std::uintmax_t most_looked_at = 4u << 20; ///< bytes at a log's end

constexpr const char* footer = R"(Examples
  squall logs
  squall logs -f compute-1
  squall logs -n 1000 gateway-1 | grep error)";

struct logs_flags : deployment_flags {
  std::string process;
  bool follow = false;
  std::size_t lines = 100;
};

/// A log that is shown bit by bit, whole lines alone.
class shown_log {
public:
  shown_log(fs::path file, std::string prefix)
      : file_(std::move(file)), prefix_(std::move(prefix)) {}

  /// Prints its last lines.
  void print_last(std::size_t count) {
    std::error_code none;
    const auto size = fs::file_size(file_, none);
    if (none) return;
    position_ = size > most_looked_at ? size - most_looked_at : 0;
    const auto lines = read_lines();
    for (auto i = lines.size() - std::min(lines.size(), count); i < lines.size(); ++i)
      std::cout << prefix_ << lines[i] << '\n';
  }

  /// Prints what was added since.
  void print_new() {
    std::error_code none;
    const auto size = fs::file_size(file_, none);
    if (none || size == position_) return;
    if (size < position_) position_ = 0; // it was begun anew
    for (const auto& line : read_lines())
      std::cout << prefix_ << line << '\n';
  }

private:
  std::vector<std::string> read_lines() {
    std::ifstream stream(file_, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(position_));
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line) && !stream.eof();) {
      position_ += line.size() + 1;
      lines.push_back(std::move(line));
    }
    return lines;
  }

  fs::path file_;
  std::string prefix_;
  std::uintmax_t position_ = 0;
};

/// Those that are to be shown, by their name.
std::map<std::string, fs::path> logs_in(const fs::path& folder, const std::string& process) {
  std::map<std::string, fs::path> found;
  std::string names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (entry.path().extension() != ".log") continue;
    const auto name = entry.path().stem().string();
    names.append(names.empty() ? "" : ", ").append(name);
    // A group's name means all of its processes.
    const auto number = name.rfind('-');
    if (process.empty() || name == process || name.substr(0, number) == process)
      found.emplace(name, entry.path());
  }
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
    logs.emplace_back(
        file, found.size() == 1 ? "" : name + std::string(width - name.size(), ' ') + " | ");
  for (auto& log : logs)
    log.print_last(flags.lines);
  std::cout << std::flush;
  while (flags.follow && std::cout) {
    std::this_thread::sleep_for(look_again);
    for (auto& log : logs)
      log.print_new();
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
