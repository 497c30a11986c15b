#include "deploy/cli/commands.hpp"
#include "deploy/manifest/read.hpp"
#include "workers/registry.hpp"

#include <cstddef>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace squall::cli {

namespace {

constexpr const char* footer =
    R"(Every mistake is told with its file, line and column, and with what is allowed there. Variables
(${NAME}, ${NAME:-DEFAULT}) are taken from the environment. Exit code: 0 good, 2 not.

Example
  squall validate deploy/manifests/local.yaml)";

std::string counted(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

/// "2 gateways, 3 worker groups, 1 queue"; what there is none of is left out.
std::string contents(const manifest::manifest& of) {
  std::size_t gateways = 0;
  for (const auto& group : of.gateways)
    gateways += group.replicas;
  std::string text;
  const auto add = [&text](std::size_t count, const std::string& one) {
    if (count > 0) text.append(text.empty() ? "" : ", ").append(counted(count, one));
  };
  add(gateways, "gateway");
  add(of.workers.size(), "worker group");
  add(of.queues.size(), "queue");
  add(of.schedules.size(), "schedule");
  return text;
}

exit_code run(const std::vector<std::string>& files) {
  auto code = exit_code::done;
  for (const auto& file : files) {
    try {
      const auto read = manifest::read_file(file, workers::built_in_kinds().all_names());
      std::cout << file << ": good: " << contents(read) << '\n';
    } catch (const manifest::mistakes& wrong) {
      std::cerr << wrong.what() << '\n';
      code = exit_code::misuse;
    }
  }
  return code;
}

} // namespace

command add_validate_command(CLI::App& program) {
  auto files = std::make_shared<std::vector<std::string>>();
  auto* app = program.add_subcommand("validate", "Check manifests, and tell all that is wrong");
  app->footer(footer);
  app->add_option("FILE", *files, "manifests")->required()->default_str("");
  return {app, [files] { return run(*files); }};
}

} // namespace squall::cli
