#include "deploy/cli/deployment/commands.hpp"
#include "deploy/cli/table.hpp"
#include "deploy/cli/units.hpp"
#include "deploy/supervisor/control_client.hpp"
#include "deploy/supervisor/control_server.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <iostream>
#include <memory>

#include <unistd.h>

namespace squall::cli {

namespace {

using nlohmann::json;

constexpr const char* footer =
    R"(Of groups that scale themselves (min and max in the manifest), a second table shows how many
processes there should be and are, how long a call waits for a slot now, what waits, how much of the
slots is busy, and the last change with its reason.

Examples
  squall ps
  squall ps deploy/manifests/local.yaml --json)";

struct ps_flags : deployment_flags {
  bool as_json = false;
};

/// What the supervisor knew when it was killed, as far as it is still there.
json what_is_left(const supervisor::run_directory& place) {
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
  std::vector<supervisor::group_view> groups;
  for (const auto& each : before.wanted.groups)
    if (each.scale) groups.push_back({each.name, *each.scale, each.replicas, 0, {}, {}, {}});
  return {{"processes", supervisor::to_json(all)}, {"scaling", supervisor::to_json(groups)}};
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

/// "120 ms", or "-" for what nobody knows.
cell known(const json& value, const std::string& unit) {
  cell shown(value.is_null() ? "-" : value.dump() + unit);
  shown.right = true;
  return shown;
}

std::string render_scaling(const json& groups) {
  table rows(
      {"GROUP", "MIN", "MAX", "WANTED", "READY", "WAITING", "BACKLOG", "BUSY", "LAST CHANGE"});
  for (const auto& each : groups) {
    const auto& change = each.at("last_change");
    const auto& busy = each.at("busy");
    rows.add({each.at("name").get<std::string>(), known(each.at("min"), ""),
              known(each.at("max"), ""), known(each.at("wanted"), ""), known(each.at("ready"), ""),
              known(each.at("waiting_ms"), " ms"), known(each.at("backlog"), ""),
              known(busy.is_null() ? busy : json(std::lround(busy.get<double>() * 100)), "%"),
              change.is_null() ? "-"
                               : format_age(change.at("seconds_ago").get<std::uint64_t>()) +
                                     " ago: " + change.at("what").get<std::string>()});
  }
  return rows.render(::isatty(STDOUT_FILENO) != 0);
}

exit_code run(const ps_flags& flags) {
  const auto place = deployment_of(flags);
  const auto name = place.path().filename().string();
  const auto pid = place.supervisor();
  const auto answer =
      pid == 0 ? what_is_left(place)
               : supervisor::ask_supervisor(place, {{"command", "ps"}}, [](const auto&) {});
  const auto& processes = answer.at("processes");
  const auto scaling = answer.value("scaling", json::array()); // an older supervisor says nothing
  if (flags.as_json) {
    std::cout << json{{"deployment", name},
                      {"supervisor", pid},
                      {"processes", processes},
                      {"scaling", scaling}}
                     .dump()
              << std::endl;
    return exit_code::done;
  }
  std::cout << render(processes);
  if (!scaling.empty()) std::cout << '\n' << render_scaling(scaling);
  std::cout << std::flush;
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
