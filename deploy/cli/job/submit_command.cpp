#include "deploy/cli/flags.hpp"
#include "deploy/cli/job/api.hpp"
#include "deploy/cli/job/ends.hpp"
#include "deploy/cli/line_sender.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/cli/raw_json.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

#include <unistd.h>

namespace squall::cli {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* footer = R"(Examples
  squall job submit prime '{"n": "97"}' --wait
  squall job submit fetch '{"url": "https://example.com/"}' --delay 5m --key report-7
  seq 1 100000 | sed 's/.*/{"n": &}/' | squall job submit prime - > ids)";

struct submit_flags : job_flags {
  std::string kind;
  std::string queue = "default";
  int priority = 5;
  milliseconds delay{0};
  std::string run_at;
  std::uint32_t max_attempts = 5;
  milliseconds timeout{0};
  milliseconds ttl{0};
  milliseconds result_ttl{24 * 3'600'000};
  std::string key;
  std::string unique_key;
  milliseconds wait = longest_wait;
};

/// What was not given is left out: its default is the gateway's, or the queue's.
job_options options_of(const submit_flags& flags, const CLI::App& app) {
  job_options options{flags.kind, {}, flags.key};
  const auto set = [&](const char* flag, const char* name, const auto& value) {
    if (is_given(app, flag)) options.set(name, value);
  };
  set("--queue", "queue", flags.queue);
  set("--priority", "priority", flags.priority);
  set("--delay", "delay_ms", flags.delay.count());
  set("--run-at", "run_at", flags.run_at);
  set("--max-attempts", "max_attempts", flags.max_attempts);
  set("--timeout", "timeout_ms", flags.timeout.count());
  set("--ttl", "ttl_ms", flags.ttl.count());
  set("--result-ttl", "result_ttl_ms", flags.result_ttl.count());
  set("--unique", "unique_key", flags.unique_key);
  return options;
}

http_question submission(std::string body) {
  return {"POST", "/v1/jobs", std::move(body), {}};
}

/// A job of each line, their ids printed as soon as they are kept.
exit_code submit_lines(const submit_flags& flags, const job_options& options) {
  const auto gateway = parse_url(flags.url);
  const auto counts = send_lines(
      {.entry =
           [&](const numbered_line& line) { return job_entry(options, line.text, line.number); },
       .send =
           [&](const std::string& entries) {
             const auto answer = ask_gateway(gateway, submission("[" + entries + "]"));
             const auto jobs = raw_member(answer.body, "jobs").value_or("[]");
             for (const auto job : raw_elements(jobs))
               std::cout << (flags.as_json ? std::string(job) : read_job(job).id) << '\n';
             std::cout << std::flush;
           },
       .done = "jobs were submitted",
       .shows_progress = ::isatty(STDOUT_FILENO) == 0}); // else it would stand between the ids
  return counts.bad == 0 ? exit_code::done : exit_code::failed;
}

exit_code submit_one(const submit_flags& flags, const job_options& options,
                     const std::string& params, bool waits) {
  if (!json::accept(params)) throw misuse("PARAMS: '" + params + "' is not valid JSON");
  const auto answer = ask_gateway(parse_url(flags.url), submission(job_entry(options, params)));
  const auto id = read_job(answer.body).id;
  if (waits) return print_ends(flags, {id}, flags.wait, true);
  std::cout << (flags.as_json ? answer.body : id) << std::endl;
  return exit_code::done;
}

exit_code run(const submit_flags& flags, const CLI::App& app) {
  const auto params = app.remaining();
  if (params.size() > 1) {
    throw misuse("PARAMS: give one JSON text, or - for stdin; '" + params.back() + "' is too much");
  }
  const bool waits = is_given(app, "--wait");
  const auto options = options_of(flags, app);
  ignore_broken_pipes();
  if (params != std::vector<std::string>{"-"}) {
    return submit_one(flags, options, params.empty() ? "{}" : params.front(), waits);
  }
  if (waits) throw misuse("--wait: not with -; send the ids to xargs squall job wait");
  if (!flags.unique_key.empty()) throw misuse("--unique: not with -; all lines would be one job");
  return submit_lines(flags, options);
}

void add_times(CLI::App& app, submit_flags& flags) {
  add_duration(app, "--delay", flags.delay, "before it is ready");
  app.add_option("--run-at", flags.run_at, "when it is ready, as 2030-06-01T14:00:00+02:00");
  add_duration(app, "--timeout", flags.timeout, "of one attempt; 0: the kind's default");
  add_duration(app, "--ttl", flags.ttl,
               "it is dead when it was not begun within this time; 0: it waits on");
  add_duration(app, "--result-ttl", flags.result_ttl,
               "how long it and its result are kept once it is done or cancelled");
}

} // namespace

command add_job_submit(CLI::App& job) {
  auto flags = std::make_shared<submit_flags>();
  auto* app = add_job_leaf(job, "submit",
                           "Submit a job and print its id. Behind the kind stand its params, as "
                           "JSON text; or -: those of a job a line from stdin",
                           *flags, footer);
  // What CLI11 does not know is the params, as they stand: bound to a variable, '[1,2]' would be
  // two texts, and -5 a flag.
  app->allow_extras();
  app->add_option("kind", flags->kind, "what is to run")->required();
  app->add_option("--queue", flags->queue, "where it waits to run");
  app->add_option("--priority", flags->priority, "9 goes first")->check(CLI::Range(0, 9));
  add_times(*app, *flags);
  app->add_option("--max-attempts", flags->max_attempts,
                  "after so many failures it is dead; unless given, as its queue is set");
  app->add_option("--key", flags->key,
                  "idempotency key: for a day, the same job is found by it, and not made again; "
                  "line N of stdin has the key KEY/N");
  app->add_option("--unique", flags->unique_key,
                  "the queue has at most one job of this key that has not ended");
  add_duration(*app, "--wait", flags->wait,
               "wait until it has ended, so long at most, and print its result")
      ->expected(0, 1);
  app->add_flag("--json", flags->as_json, "print the job (default: off)");
  return {app, [flags, app] { return run(*flags, *app); }};
}

} // namespace squall::cli
