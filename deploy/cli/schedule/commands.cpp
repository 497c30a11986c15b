#include "deploy/cli/schedule/commands.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/gateway_api.hpp"
#include "deploy/cli/gateway_flags.hpp"
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
  squall schedule set report fetch '{"url": "https://example.com/"}' --cron '0 9 * * mon-fri' --zone Europe/Berlin
  squall schedule set tick sleep --every 1m
  squall schedule ls
  squall schedule rm tick
  squall schedule ls --url https://gateway.example --ca /etc/squall/ca.pem)";

constexpr const char* set_footer =
    R"(A period is due at its multiples of Unix time: --every 1h at full hours in UTC.

Examples
  squall schedule set report fetch '{"url": "https://example.com/"}' --cron '0 9 * * mon-fri' --zone Europe/Berlin
  squall schedule set tick sleep --every 1m)";

struct schedule_flags {
  gateway_flags url;
  std::string name;
  bool as_json = false;
};

struct set_flags : schedule_flags {
  std::string kind;
  std::string cron;
  std::string zone = "UTC";
  milliseconds every{0};
  std::string queue = "default";
  int priority = 5;
  std::uint32_t max_attempts = 5;
  milliseconds timeout{0};
  milliseconds ttl{0};
  milliseconds result_ttl{24 * 3'600'000};
  bool catch_up = false;
  bool paused = false;
};

http_answer ask(const schedule_flags& flags, std::string method, std::string_view rest = "",
                std::string body = {}) {
  auto path = "/v1/schedules/" + percent_encoded(flags.name);
  return ask_gateway(parse_url(flags.url),
                     {std::move(method), path.append(rest), std::move(body), {}});
}

exit_code set(const set_flags& flags, const CLI::App& app) {
  const auto extras = app.remaining();
  if (extras.size() > 1) throw misuse("PARAMS: '" + extras.back() + "' is too much");
  const auto params = extras.empty() ? std::string{"{}"} : extras.front();
  if (!json::accept(params)) throw misuse("PARAMS: '" + params + "' is not valid JSON");
  json members = {{"kind", flags.kind}};
  const auto add = [&](const char* flag, const char* name, const json& value) {
    if (is_given(app, flag)) members[name] = value;
  };
  add("--cron", "cron", flags.cron);
  add("--zone", "time_zone", flags.zone);
  add("--every", "every_ms", flags.every.count());
  add("--queue", "queue", flags.queue);
  add("--priority", "priority", flags.priority);
  add("--max-attempts", "max_attempts", flags.max_attempts);
  add("--timeout", "timeout_ms", flags.timeout.count());
  add("--ttl", "ttl_ms", flags.ttl.count());
  add("--result-ttl", "result_ttl_ms", flags.result_ttl.count());
  add("--catch-up", "catch_up", flags.catch_up);
  add("--paused", "paused", flags.paused);
  auto body = members.dump(-1, ' ', false, json::error_handler_t::replace);
  body.back() = ','; // the params stay as they were written
  const auto answer = ask(flags, "PUT", "", body + R"("params":)" + params + "}");
  if (flags.as_json)
    std::cout << answer.body << std::endl;
  else
    std::cout << (answer.status == 201 ? "created " : "changed ") << flags.name << std::endl;
  return exit_code::done;
}

exit_code list(const schedule_flags& flags) {
  const auto answer = ask_gateway(parse_url(flags.url), {"GET", "/v1/schedules", {}, {}});
  if (flags.as_json) {
    for (const auto each : raw_elements(raw_member(answer.body, "schedules").value_or("[]")))
      std::cout << each << '\n';
  } else {
    const auto document = json::parse(answer.body, nullptr, false);
    const auto all = document.is_object() ? document.value("schedules", json::array()) : json();
    std::cout << render_schedules(all, ::isatty(STDOUT_FILENO) != 0);
  }
  std::cout << std::flush;
  return exit_code::done;
}

CLI::App* add_leaf(CLI::App& schedule, const std::string& name, const std::string& description,
                   schedule_flags& flags, const std::string& example) {
  auto* app = schedule.add_subcommand(name, description);
  app->footer(example);
  add_gateway_flags(*app, flags.url, "the gateway that keeps the schedules");
  return app;
}

void add_name(CLI::App& app, schedule_flags& flags) {
  app.add_option("name", flags.name, "of the schedule")->required();
}

command add_set(CLI::App& schedule) {
  auto flags = std::make_shared<set_flags>();
  auto* app = add_leaf(schedule, "set",
                       "Make or replace a schedule: one job for each due time. Behind the kind "
                       "stand its params, as JSON text",
                       *flags, set_footer);
  app->allow_extras(); // the params, as they stand
  add_name(*app, *flags);
  app->add_option("kind", flags->kind, "what is to run")->required();
  auto* cron = app->add_option("--cron", flags->cron,
                               "when: minute, hour, day of the month, month, day of the week");
  app->add_option("--zone", flags->zone, "time zone of --cron")->needs(cron);
  add_duration(*app, "--every", flags->every, "instead: so often")->excludes(cron);
  app->add_option("--queue", flags->queue, "where the jobs wait to run");
  app->add_option("--priority", flags->priority, "9 goes first")->check(CLI::Range(0, 9));
  app->add_option("--max-attempts", flags->max_attempts,
                  "after so many failures a job is dead; unless given, as its queue is set");
  add_duration(*app, "--timeout", flags->timeout, "of one attempt; 0: the kind's default");
  add_duration(*app, "--ttl", flags->ttl,
               "a job is dead when it was not begun within this time; 0: it waits on");
  add_duration(*app, "--result-ttl", flags->result_ttl, "how long an ended job is kept");
  app->add_flag("--catch-up", flags->catch_up,
                "after due times without a gateway, submit one job (default: off)");
  app->add_flag("--paused", flags->paused, "submit nothing until it is resumed (default: off)");
  app->add_flag("--json", flags->as_json, "print the schedule (default: off)");
  return {app, [flags, app] { return set(*flags, *app); }};
}

command add_list(CLI::App& schedule) {
  auto flags = std::make_shared<schedule_flags>();
  auto* app =
      add_leaf(schedule, "ls", "List schedules by name", *flags, "Example\n  squall schedule ls");
  app->add_flag("--json", flags->as_json, "print each as a line of JSON (default: off)");
  return {app, [flags] { return list(*flags); }};
}

command add_change(CLI::App& schedule, const std::string& name, const std::string& description,
                   const std::string& method, const std::string& rest) {
  auto flags = std::make_shared<schedule_flags>();
  auto* app =
      add_leaf(schedule, name, description, *flags, "Example\n  squall schedule " + name + " tick");
  add_name(*app, *flags);
  return {app, [flags, method, rest] {
            ask(*flags, method, rest);
            return exit_code::done;
          }};
}

} // namespace

std::vector<command> add_schedule_commands(CLI::App& program) {
  auto* schedule = program.add_subcommand(
      "schedule", "Submit jobs again and again: by a line of cron, or every so often");
  schedule->footer(footer);
  schedule->require_subcommand(0, 1); // as the program's own
  return {add_set(*schedule), add_list(*schedule),
          add_change(*schedule, "rm", "Remove a schedule; its jobs stay", "DELETE", ""),
          add_change(*schedule, "pause", "Let a schedule submit nothing", "POST", "/pause"),
          add_change(*schedule, "resume", "End a schedule's pause", "POST", "/resume")};
}

} // namespace squall::cli
