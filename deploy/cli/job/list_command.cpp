#include "deploy/cli/flags.hpp"
#include "deploy/cli/job/api.hpp"
#include "deploy/cli/job/commands.hpp"
#include "deploy/cli/job/view.hpp"
#include "deploy/cli/json_fields.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/cli/raw_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include <unistd.h>

namespace squall::cli {

namespace {

using nlohmann::json;

constexpr const char* footer = R"(Examples
  squall job list
  squall job list --state dead --limit 1000
  squall job list --queue mail --kind fetch --json)";

constexpr std::size_t page = 1'000; ///< most jobs that a gateway lists at a time

struct list_flags : job_flags {
  job_query query;
  std::size_t limit = 50;
};

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

/// Calls `use` with the JSON text of each page's jobs, an array, until there are no more.
template <class Use>
void for_each_page(const list_flags& flags, Use use) {
  const auto gateway = parse_url(flags.url);
  std::string cursor;
  for (std::size_t left = flags.limit; left > 0;) {
    const auto answer = ask_gateway(gateway, list_jobs(flags.query, std::min(left, page), cursor));
    const auto document = json::parse(answer.body, nullptr, false);
    const auto count = fields::list(document, "jobs").size();
    if (count > 0) use(*raw_member(answer.body, "jobs"));
    cursor = fields::text(document, "cursor");
    if (count == 0 || cursor.empty()) return;
    left -= std::min(left, count);
  }
}

exit_code run(const list_flags& flags) {
  ignore_broken_pipes();
  if (flags.as_json) {
    for_each_page(flags, [](std::string_view jobs) {
      for (const auto job : raw_elements(jobs))
        std::cout << job << '\n';
      std::cout << std::flush;
      if (!std::cout) throw std::runtime_error("writing to stdout failed");
    });
    return exit_code::done;
  }
  auto all = json::array();
  for_each_page(flags, [&all](std::string_view jobs) {
    for (auto& job : json::parse(jobs))
      all.push_back(std::move(job));
  });
  std::cout << render_jobs(all, now_ms(), ::isatty(STDOUT_FILENO) != 0) << std::flush;
  return exit_code::done;
}

} // namespace

command add_job_list(CLI::App& job) {
  auto flags = std::make_shared<list_flags>();
  auto* app = add_job_leaf(job, "list", "List jobs, newest first", *flags, footer);
  app->add_option("--queue", flags->query.queue, "only of this queue");
  app->add_option("--kind", flags->query.kind, "only of this kind");
  add_list(*app, "--state", flags->query.states,
           "only in these: scheduled, ready, leased, done, dead, cancelled")
      ->check(CLI::IsMember({"scheduled", "ready", "leased", "done", "dead", "cancelled"}));
  app->add_option("--limit", flags->limit, "how many at most")->check(CLI::Range(1, 1'000'000));
  app->add_flag("--json", flags->as_json, "print each as a line of JSON (default: off)");
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
