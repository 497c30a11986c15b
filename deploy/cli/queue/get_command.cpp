#include "deploy/cli/flags.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"

#include <iostream>

namespace squall::cli {

namespace {

using std::chrono::milliseconds;

constexpr const char* footer = R"(Examples
  squall queue get jobs
  squall queue get jobs --max 10 --timeout 0s --ack)";

struct get_flags : queue_flags {
  std::uint32_t max = 1;
  milliseconds timeout{30'000};
  milliseconds lease{0};
  bool ack = false;
};

exit_code run(const get_flags& flags) {
  ignore_broken_pipes();
  const auto gateway = parse_url(flags.url);
  const auto question = ask_items(flags.queue, flags.timeout, flags.max, flags.lease);
  const auto answer = ask_gateway(gateway, question, flags.timeout);
  const auto items = items_of(answer.body);
  for (const auto item : items) {
    std::cout << item << '\n' << std::flush;
    if (!std::cout) throw std::runtime_error("writing to stdout failed; the rest is not acked");
    const auto leased = read_leased(item);
    if (flags.ack && leased) ask_gateway(gateway, ask_lease(leased->lease, "ack"));
  }
  if (!items.empty()) return exit_code::done;
  std::cerr << "error: " << flags.queue << " has nothing ready\n";
  return exit_code::failed;
}

} // namespace

command add_queue_get(CLI::App& queue) {
  auto flags = std::make_shared<get_flags>();
  auto* app = add_queue_leaf(
      queue, "get", "Lease items and print each as a line of JSON; exit with 1 when none came",
      *flags, true, footer);
  app->add_option("--max", flags->max, "how many at most")->check(CLI::Range(1, 1000));
  add_duration(*app, "--timeout", flags->timeout, "how long to wait for one; 0: not at all");
  add_duration(*app, "--lease", flags->lease, "how long to hold them; 0: the queue's own");
  app->add_flag("--ack", flags->ack, "each is finished as soon as it is printed (default: off)");
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
