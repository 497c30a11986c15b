#include "deploy/cli/deployment/commands.hpp"

#include "deploy/manifest/read.hpp"
#include "deploy/supervisor/control_client.hpp"
#include "workers/registry.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>

namespace squall::cli {

namespace fs = std::filesystem;
using supervisor::run_directory;

namespace {

manifest::manifest manifest_of(const std::string& file) {
  try {
    return manifest::read_file(file, workers::built_in_kinds().all_names());
  } catch (const manifest::mistakes& error) {
    const auto count = error.all().size();
    throw misuse(
        file +
        (count == 1 ? " has a mistake:\n" : " has " + std::to_string(count) + " mistakes:\n") +
        error.what());
  }
}

bool is_file(const std::string& target) {
  return target.find('/') != std::string::npos || target.ends_with(".yaml") ||
         target.ends_with(".yml") || fs::is_regular_file(target);
}

std::vector<std::string> names_with_logs(const fs::path& runs) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(runs, none))
    if (fs::is_directory(entry.path() / "logs", none)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

} // namespace

void add_run_directory(CLI::App& app, deployment_flags& flags) {
  app.add_option("--run-directory", flags.run_directory,
                 "folder for what runs: sockets, state, logs (default: /run/squall for root, else "
                 "$XDG_RUNTIME_DIR/squall)")
      ->type_name("DIR");
}

run_directory place_of(const deployment_flags& flags, const std::string& deployment) {
  return {supervisor::runs_folder(flags.run_directory), deployment};
}

run_directory deployment_of(const deployment_flags& flags, bool also_ended) {
  const auto runs = supervisor::runs_folder(flags.run_directory);
  if (is_file(flags.target)) return {runs, manifest_of(flags.target).name};
  const auto running = supervisor::deployments_in(runs);
  const auto known = also_ended && running.empty() ? names_with_logs(runs) : running;
  if (!flags.target.empty()) {
    const auto all = also_ended ? names_with_logs(runs) : running;
    if (std::ranges::find(all, flags.target) != all.end()) return {runs, flags.target};
    throw std::runtime_error("no deployment '" + flags.target + "' is up" +
                             (running.empty() ? "" : "; there are: " + joined(running)));
  }
  if (known.empty()) throw std::runtime_error("no deployment is up; squall up FILE brings one up");
  if (known.size() > 1) throw misuse("say which deployment is meant: " + joined(known));
  return {runs, known.front()};
}

supervisor::plan plan_of(const deployment_flags& flags) {
  const auto read = manifest_of(flags.target);
  return supervisor::make_plan(read, place_of(flags, read.name).declared());
}

fs::path own_program() {
  constexpr std::string_view replaced = " (deleted)";
  auto path = fs::read_symlink("/proc/self/exe").string();
  if (path.ends_with(replaced)) path.resize(path.size() - replaced.size());
  return path;
}

exit_code ask_for_change(const run_directory& place, const std::string& question) {
  const auto name = place.path().filename().string();
  if (place.supervisor() == 0) {
    const bool left = fs::exists(place.state());
    throw std::runtime_error(left ? "the supervisor of " + name +
                                        " is gone; squall up FILE takes its processes over"
                                  : name + " is not up; squall up FILE brings it up");
  }
  const auto answer =
      supervisor::ask_supervisor(place, nlohmann::json::parse(question),
                                 [](const std::string& line) { std::cout << line << std::endl; });
  return answer.value("ok", false) ? exit_code::done : exit_code::failed;
}

std::vector<command> add_deployment_commands(CLI::App& program) {
  return {add_up(program),    add_ps(program),    add_logs(program),
          add_scale(program), add_apply(program), add_down(program)};
}

} // namespace squall::cli
