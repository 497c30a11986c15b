#include "deploy/cli/deployment/commands.hpp"
#include "deploy/supervisor/plan_json.hpp"
#include "deploy/supervisor/supervise.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <iostream>
#include <memory>
#include <stdexcept>

/// Commands that change what runs.
namespace squall::cli {

namespace {

using nlohmann::json;

constexpr const char* scale_footer =
    R"(Until the next squall apply, which goes by the manifest again.

Example
  squall scale deploy/manifests/local.yaml compute=4)";

constexpr const char* apply_footer =
    R"(Prints what differs between the manifest and what runs, and changes only that: queues and
schedules without interrupting anything, the number of processes by starting or draining some,
everything else by a rolling restart, one process after the other: a worker's successor is ready
before it drains; gateways hand over their socket, so that no connection is refused. A program of
another build is a difference, too: so a platform is upgraded. What is started anew and does not
become ready is undone, and ends the command with exit code 1. Ctrl-C ends this command alone: what
it has begun goes on, and squall ps shows it.

Examples
  squall apply deploy/manifests/local.yaml --dry-run
  squall apply deploy/manifests/local.yaml)";

constexpr const char* down_footer = R"(Ctrl-C ends this command alone: what drains goes on to do so.

Examples
  squall down
  squall down deploy/manifests/local.yaml)";

struct scale_flags : deployment_flags {
  std::vector<std::string> groups;
};

struct apply_flags : deployment_flags {
  bool dry_run = false;
};

json scale_question(const std::string& text) {
  const auto equals = text.find('=');
  std::uint32_t replicas = 0;
  const auto* end = text.data() + text.size();
  if (equals != std::string::npos) {
    const auto read = std::from_chars(text.data() + equals + 1, end, replicas);
    if (read.ec == std::errc() && read.ptr == end && equals > 0)
      return {{"command", "scale"}, {"group", text.substr(0, equals)}, {"replicas", replicas}};
  }
  throw misuse("'" + text + "' is not of the form GROUP=N, as in compute=4");
}

exit_code scale(const scale_flags& flags) {
  std::vector<json> questions;
  for (const auto& text : flags.groups)
    questions.push_back(scale_question(text));
  const auto place = deployment_of(flags);
  auto code = exit_code::done;
  for (auto next = questions.begin(); next != questions.end() && code == exit_code::done; ++next)
    code = ask_for_change(place, next->dump());
  return code;
}

exit_code apply(const apply_flags& flags) {
  const auto plan = plan_of(flags);
  return ask_for_change(
      place_of(flags, plan.name),
      json{{"command", "apply"}, {"plan", plan}, {"dry_run", flags.dry_run}}.dump());
}

exit_code down(const deployment_flags& flags) {
  const auto place = deployment_of(flags);
  const auto name = place.path().filename().string();
  auto code = exit_code::failed;
  if (const auto lock = std::filesystem::exists(place.state()) ? place.lock() : std::nullopt) {
    std::cout << "the supervisor of " << name << " is gone; draining what it left" << std::endl;
    const auto tell = [](const std::string& line) { std::cout << line << std::endl; };
    code =
        supervisor::take_down({place, own_program()}, tell) ? exit_code::done : exit_code::failed;
  } else {
    code = ask_for_change(place, R"({"command": "down"})");
    place.wait_for_end();
  }
  if (code == exit_code::done) std::cout << name << " is down" << std::endl;
  return code;
}

} // namespace

command add_scale(CLI::App& program) {
  auto flags = std::make_shared<scale_flags>();
  auto* app = program.add_subcommand("scale", "Set how many processes of a group run");
  app->footer(scale_footer);
  app->add_option("deployment", flags->target, "its manifest, or its name")
      ->required()
      ->type_name("FILE|NAME");
  app->add_option("groups", flags->groups, "group and number")->required()->type_name("GROUP=N");
  add_run_directory(*app, *flags);
  return {app, [flags] { return scale(*flags); }};
}

command add_apply(CLI::App& program) {
  auto flags = std::make_shared<apply_flags>();
  auto* app = program.add_subcommand("apply", "Make what runs be what the manifest says");
  app->footer(apply_footer);
  app->add_option("manifest", flags->target, "the manifest")->required()->type_name("FILE");
  app->add_flag("--dry-run", flags->dry_run, "print what differs, change nothing (default: off)");
  add_run_directory(*app, *flags);
  return {app, [flags] { return apply(*flags); }};
}

command add_down(CLI::App& program) {
  auto flags = std::make_shared<deployment_flags>();
  auto* app = program.add_subcommand(
      "down", "Drain what runs, workers first, and wait until all of it has ended");
  app->footer(down_footer);
  app->add_option("deployment", flags->target, "its manifest, or its name; default: the only one")
      ->type_name("FILE|NAME");
  add_run_directory(*app, *flags);
  return {app, [flags] { return down(*flags); }};
}

} // namespace squall::cli
