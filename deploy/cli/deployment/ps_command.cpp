#include "deploy/cli/deployment/commands.hpp"
#include "deploy/cli/table.hpp"
#include "deploy/cli/units.hpp"
#include "deploy/supervisor/control_client.hpp"
#include "deploy/supervisor/control_server.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

#include <unistd.h>

namespace squall::cli {

namespace {

using nlohmann::json;

constexpr const char* footer = R"(Examples
  squall ps
  squall ps deploy/manifests/local.yaml --json)";

struct ps_flags : deployment_flags {
  bool as_json = false;
};

/// What the supervisor knew when it was killed, as far as it is still there.
json left_processes(const supervisor::run_directory& place) {
  std::vector<supervisor::process_view> all;
  const auto before = supervisor::parse_state(supervisor::read_file(place.state()).value_or(""));
  for (const auto& known : before.processes) {
    supervisor::process_view each{
        known.spec.name, known.spec.part, "gone", 0, 0, known.restarts, 0, ""};
    if (const auto age = supervisor::seconds_running(known.id)) {
      each.state = "unsupervised";
      each.pid = known.id.pid;
      each.seconds = *age;
      each.memory_bytes = supervisor::resident_bytes(known.id.pid);
    }
    all.push_back(std::move(each));
  }
  return supervisor::to_json(all);
}

tone tone_of(const std::string& state) {
  if (state == "ready") return tone::good;
  return state == "gone" || state == "restarting" ? tone::bad : tone::warning;
}

std::string render(const json& processes) {
  table rows({"NAME", "ROLE", "STATE", "PID", "UPTIME", "RESTARTS", "MEMORY", "STATUS"});
  for (const auto& each : processes) {
    const auto state = each.at("state").get<std::string>();
    const bool runs = each.at("pid") != 0;
    cell pid(runs ? each.at("pid").dump() : "-");
    pid.right = true;
    cell age(runs ? format_age(each.at("uptime_s").get<std::uint64_t>()) : "-");
    age.right = true;
    cell memory(std::to_string(each.at("memory_bytes").get<std::uint64_t>() >> 20) + " MiB");
    memory.right = true;
    rows.add({each.at("name").get<std::string>(), each.at("role").get<std::string>(),
              cell(state, tone_of(state)), pid, age, cell(each.at("restarts").get<std::uint64_t>()),
              memory, each.at("status").get<std::string>()});
  }
  return rows.render(::isatty(STDOUT_FILENO) != 0);
}

exit_code run(const ps_flags& flags) {
  const auto place = deployment_of(flags);
  const auto name = place.path().filename().string();
  const auto pid = place.supervisor();
  const auto processes =
      pid == 0 ? left_processes(place)
               : supervisor::ask_supervisor(place, {{"command", "ps"}}, [](const auto&) {
                 }).at("processes");
  if (flags.as_json) {
    std::cout << json{{"deployment", name}, {"supervisor", pid}, {"processes", processes}}.dump()
              << std::endl;
    return exit_code::done;
  }
  std::cout << render(processes) << std::flush;
  if (pid == 0)
    std::cerr << "the supervisor of " << name
              << " is gone: squall up FILE takes its processes over, squall down ends them\n";
  return exit_code::done;
}

} // namespace

command add_ps(CLI::App& program) {
  auto flags = std::make_shared<ps_flags>();
  auto* app = program.add_subcommand("ps", "Show the processes of a deployment on this machine");
  app->footer(footer);
  app->add_option("deployment", flags->target, "its manifest, or its name; default: the only one")
      ->type_name("FILE|NAME");
  app->add_flag("--json", flags->as_json, "print one JSON object (default: off)");
  add_run_directory(*app, *flags);
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
