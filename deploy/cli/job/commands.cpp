#include "deploy/cli/job/commands.hpp"

namespace squall::cli {

namespace {

constexpr const char* footer = R"(Examples
  squall job submit prime '{"n": 97}' --wait
  id=$(squall job submit sleep '{"ms": 5000}' --priority 9)
  squall job wait "$id"
  squall job list --state ready,leased
  squall job list --url https://gateway.example --ca /etc/squall/ca.pem)";

} // namespace

CLI::App* add_job_leaf(CLI::App& job, const std::string& name, const std::string& description,
                       job_flags& flags, const char* footer) {
  auto* app = job.add_subcommand(name, description);
  app->footer(footer);
  add_gateway_flags(*app, flags.url, "the gateway that has the job");
  return app;
}

std::vector<command> add_job_commands(CLI::App& program) {
  auto* job = program.add_subcommand(
      "job", "Submit jobs, which are kept until they have run; watch, wait for and cancel them");
  job->footer(footer);
  job->require_subcommand(0, 1); // as the program's own
  std::vector<command> commands{add_job_submit(*job), add_job_wait(*job), add_job_list(*job)};
  const auto looks = add_job_looks(*job);
  commands.insert(commands.end(), looks.begin(), looks.end());
  return commands;
}

} // namespace squall::cli
