#include "deploy/cli/flags.hpp"
#include "deploy/cli/job/api.hpp"
#include "deploy/cli/job/ends.hpp"
#include "deploy/cli/process_setup.hpp"

#include <memory>

namespace squall::cli {

namespace {

constexpr const char* footer =
    R"(While the gateway is away, it waits for that too. Exit codes: 0 all are done, 1 one is dead or
cancelled, 3 the gateway cannot be reached, 4 the time is over, or a signal came.

Examples
  squall job wait 0198e5a1-5c2e-7000-8000-000000000001 --timeout 10m
  seq 1 1000 | sed 's/.*/{"n": &}/' | squall job submit prime - | xargs squall job wait)";

struct wait_flags : job_flags {
  std::vector<std::string> ids;
  std::chrono::milliseconds timeout = longest_wait;
};

exit_code run(const wait_flags& flags) {
  ignore_broken_pipes();
  return print_ends(flags, flags.ids, flags.timeout, false);
}

} // namespace

command add_job_wait(CLI::App& job) {
  auto flags = std::make_shared<wait_flags>();
  auto* app =
      add_job_leaf(job, "wait", "Wait until jobs have ended, and print their results, a line each",
                   *flags, footer);
  app->add_option("id", flags->ids, "of jobs")->required();
  add_duration(*app, "--timeout", flags->timeout, "how long at most");
  app->add_flag("--json", flags->as_json, "print the jobs, whatever became of them (default: off)");
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
