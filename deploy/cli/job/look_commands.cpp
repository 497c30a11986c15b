#include "deploy/cli/job/api.hpp"
#include "deploy/cli/job/commands.hpp"
#include "deploy/cli/raw_json.hpp"

#include <iostream>
#include <memory>

namespace squall::cli {

namespace {

constexpr const char* get_footer = R"(Example
  squall job get 0198e5a1-5c2e-7000-8000-000000000001)";

constexpr const char* cancel_footer =
    R"(A job that runs is told to stop. Prints each job's state; exit code 1 when one had ended before.

Example
  squall job cancel 0198e5a1-5c2e-7000-8000-000000000001)";

struct look_flags : job_flags {
  std::vector<std::string> ids;
};

exit_code get(const look_flags& flags) {
  const auto answer =
      ask_gateway(parse_url(flags.url), {"GET", job_path(flags.ids.front()), {}, {}});
  std::cout << indented(answer.body) << std::endl;
  return exit_code::done;
}

exit_code cancel(const look_flags& flags) {
  const auto gateway = parse_url(flags.url);
  for (const auto& id : flags.ids)
    job_path(id); // before any of them is cancelled
  auto code = exit_code::done;
  for (const auto& id : flags.ids) {
    const auto answer = ask_gateway(gateway, {"DELETE", job_path(id), {}, {}});
    const auto job = read_job(answer.body);
    std::cout << job.id << ' ' << job.state << std::endl;
    if (job.state != "cancelled") code = exit_code::failed;
  }
  return code;
}

} // namespace

std::vector<command> add_job_looks(CLI::App& job) {
  auto got = std::make_shared<look_flags>();
  auto* get_app =
      add_job_leaf(job, "get", "Show a job: state, attempts, params, result", *got, get_footer);
  get_app->add_option("id", got->ids, "as `squall job submit` printed it")->required()->expected(1);
  auto cancelled = std::make_shared<look_flags>();
  auto* cancel_app = add_job_leaf(job, "cancel", "See to it that jobs are not run any more",
                                  *cancelled, cancel_footer);
  cancel_app->add_option("id", cancelled->ids, "of jobs")->required();
  return {{get_app, [got] { return get(*got); }},
          {cancel_app, [cancelled] { return cancel(*cancelled); }}};
}

} // namespace squall::cli
