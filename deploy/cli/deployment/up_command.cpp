#include "deploy/cli/deployment/background.hpp"
#include "deploy/cli/deployment/commands.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/log_rotation.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/supervisor/supervise.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>

namespace squall::cli {

namespace {

using supervisor::role;

constexpr const char* footer =
    R"(Starts the gateways of the manifest, then its workers, waits until all are ready, and stays:
a process that ends or hangs is started again. Ctrl-C drains all, workers first; a second one ends
them at once. When this process was killed, its own go on; squall up takes them over. What a
manifest says of resources is not enforced on this machine: units and containers that squall render
writes have those limits.

Examples
  squall up deploy/manifests/local.yaml
  squall up -d deploy/manifests/local.yaml && squall ps)";

struct up_flags : deployment_flags {
  bool detached = false;
  std::chrono::milliseconds timeout{30'000};
  std::chrono::milliseconds watchdog{30'000};
};

std::string counted(std::size_t number, const std::string& what) {
  return number == 1 ? "a " + what : std::to_string(number) + " " + what + "s";
}

bool serves(const supervisor::plan& plan, const std::string& kind) {
  return std::ranges::any_of(plan.groups, [&kind](const supervisor::group& each) {
    const auto pools = each.flags.find("pool");
    return pools != each.flags.end() &&
           std::ranges::any_of(pools->second, [&kind](const std::string& pool) {
             return pool.starts_with(kind + "=");
           });
  });
}

void say_what_is_up(const up_flags& flags, const supervisor::plan& plan,
                    const std::vector<std::string>& urls) {
  const auto all = supervisor::processes_of(plan);
  const auto gateways = static_cast<std::size_t>(
      std::ranges::count(all, role::gateway, &supervisor::process_spec::part));
  std::cout << "\nUp: " << plan.name << " with ";
  if (gateways > 0) {
    std::cout << counted(gateways, "gateway") << " at";
    for (const auto& url : urls)
      std::cout << ' ' << url;
    std::cout << " (dashboard: " << urls.front() << "/) and ";
  }
  std::cout << counted(all.size() - gateways, "worker")
            << ".\nLogs: " << place_of(flags, plan.name).logs().string() << '\n';
  if (!urls.empty() && urls.front().starts_with("http://")) {
    const auto program = own_program().string();
    const auto at = urls.front() == "http://127.0.0.1:8888" ? "" : " --url " + urls.front();
    std::cout << "\nTry:\n";
    if (serves(plan, "prime")) std::cout << "  " << program << " call prime 97" << at << '\n';
    std::cout << "  " << program << " status" << at << '\n';
    if (serves(plan, "prime"))
      std::cout << "  seq 1 100 | " << program << " call prime -" << at << " | tail -n 3\n";
  }
  std::cout << (flags.detached ? "\nsquall ps shows it, squall down drains and stops all of it."
                               : "\nCtrl-C drains and stops all of it.")
            << std::endl;
}

exit_code run_here(const up_flags& flags, const supervisor::plan& plan,
                   const std::function<void()>& detach) {
  const auto place = place_of(flags, plan.name);
  place.make();
  const auto lock = place.lock();
  if (!lock)
    throw std::runtime_error(plan.name + " is up already, supervised by process " +
                             std::to_string(place.supervisor()) + "; squall apply " + flags.target +
                             " changes it, squall ps shows it");
  raise_file_limit();
  ignore_broken_pipes();
  for (const auto& group : plan.unlimited)
    std::cout << group
              << ": its resources are not enforced here; systemd, Compose and Kubernetes do that "
                 "with what squall render writes"
              << std::endl;
  std::optional<log_rotation> log;
  supervisor::supervision what{{place, own_program(), flags.timeout, flags.watchdog}, plan, {}, {}};
  what.tell = [](const std::string& line) { std::cout << line << std::endl; };
  what.on_up = [&](const std::vector<std::string>& urls) {
    say_what_is_up(flags, plan, urls);
    detach();
    if (flags.detached) log.emplace(place.log("supervisor"), plan.max_log_bytes);
  };
  const bool well = supervisor::supervise(std::move(what));
  if (well) std::cout << plan.name << " is down" << std::endl;
  return well ? exit_code::done : exit_code::failed;
}

exit_code run(const up_flags& flags) {
  const auto plan = plan_of(flags);
  if (!flags.detached) return run_here(flags, plan, [] {});
  return run_in_background(
      [&](const std::function<void()>& detach) { return run_here(flags, plan, detach); },
      [&] { return place_of(flags, plan.name).log("supervisor"); });
}

} // namespace

command add_up(CLI::App& program) {
  auto flags = std::make_shared<up_flags>();
  auto* app = program.add_subcommand("up", "Bring up what a manifest says, on this machine, and "
                                           "look after it");
  app->footer(footer);
  app->add_option("manifest", flags->target, "the manifest")->required()->type_name("FILE");
  app->add_flag("-d,--detach", flags->detached,
                "leave it in the background once all is ready "
                "(default: off)");
  add_duration(*app, "--timeout", flags->timeout, "for each process to become ready");
  add_duration(*app, "--watchdog", flags->watchdog,
               "a process that says nothing for so long hangs: it is killed and started again; 0s: "
               "none is");
  add_run_directory(*app, *flags);
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
