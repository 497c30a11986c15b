#include "deploy/cli/flags.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"
#include "deploy/cli/queue/view.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <optional>

#include <unistd.h>

namespace squall::cli {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* ls_footer = R"(Example
  squall queue ls)";

constexpr const char* create_footer = R"(Examples
  squall queue create jobs
  squall queue create jobs --order priority --maxsize 1000 --max-attempts 3 --lease 10s
  squall queue create mail --max-running 4 --rate 100/s)";

constexpr const char* stats_footer = R"(Example
  squall queue stats jobs --json)";

constexpr const char* rm_footer = R"(Example
  squall queue rm jobs)";

struct look_flags : queue_flags {
  bool as_json = false;
};

struct create_flags : queue_flags {
  std::string order = "priority";
  std::uint32_t maxsize = 0;
  std::uint32_t max_attempts = 5;
  milliseconds lease{30'000};
  milliseconds backoff{1'000};
  milliseconds backoff_cap{60'000};
  std::uint32_t max_running = 0;
  std::string rate;
};

/// Prints an answer as it is, or as `render` shows it.
template <class Render>
exit_code show(const look_flags& flags, const std::string& target, Render render) {
  const auto answer = ask_gateway(parse_url(flags.url), {"GET", target, {}, {}});
  if (flags.as_json) {
    std::cout << answer.body << (answer.body.ends_with('\n') ? "" : "\n");
  } else {
    std::cout << render(json::parse(answer.body, nullptr, false));
  }
  std::cout << std::flush;
  return exit_code::done;
}

exit_code list_queues(const look_flags& flags) {
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  return show(flags, "/v1/queues",
              [terminal](const json& document) { return render_queues(document, terminal); });
}

exit_code show_stats(const look_flags& flags) {
  return show(flags, queue_path(flags.queue), render_queue);
}

/// A setting that was not given is left out: its default is the gateway's.
exit_code create(const create_flags& flags, const CLI::App& app) {
  const auto path = queue_path(flags.queue);
  json settings = json::object();
  const auto set = [&](const char* flag, const char* key, const json& value) {
    if (is_given(app, flag)) settings[key] = value;
  };
  set("--order", "order", flags.order);
  set("--maxsize", "maxsize", flags.maxsize);
  set("--max-attempts", "max_attempts", flags.max_attempts);
  set("--lease", "lease_ms", flags.lease.count());
  set("--backoff", "backoff_ms", flags.backoff.count());
  set("--backoff-cap", "backoff_cap_ms", flags.backoff_cap.count());
  set("--max-running", "max_running", flags.max_running);
  set("--rate", "rate", flags.rate);
  const auto answer = ask_gateway(parse_url(flags.url), {"PUT", path, settings.dump(), {}});
  std::cout << (answer.status == 201 ? "created " : "changed ") << flags.queue << std::endl;
  return exit_code::done;
}

exit_code remove(const queue_flags& flags) {
  ask_gateway(parse_url(flags.url), {"DELETE", queue_path(flags.queue), {}, {}});
  return exit_code::done;
}

command add_create(CLI::App& queue) {
  auto flags = std::make_shared<create_flags>();
  auto* app = add_queue_leaf(queue, "create", "Make a queue, or set all settings of one", *flags,
                             true, create_footer);
  app->add_option("--order", flags->order, "which item goes first")
      ->check(CLI::IsMember({"fifo", "lifo", "priority"}));
  app->add_option("--maxsize", flags->maxsize,
                  "ready items above which a put waits; 0: as many as the store takes");
  app->add_option("--max-attempts", flags->max_attempts,
                  "after so many failures an item goes to the dead list");
  add_duration(*app, "--lease", flags->lease, "how long an item is held without being extended");
  add_duration(*app, "--backoff", flags->backoff, "pause behind the first failure; it doubles");
  add_duration(*app, "--backoff-cap", flags->backoff_cap, "longest pause");
  app->add_option("--max-running", flags->max_running,
                  "most items that are held at a time, by whomever; 0: no limit");
  app->add_option("--rate", flags->rate,
                  "most items that are handed out a second, minute or hour, as in 100/s, 5/m, 9/h; "
                  "default: no limit");
  return {app, [flags, app] { return create(*flags, *app); }};
}

} // namespace

std::vector<command> add_queue_admin(CLI::App& queue) {
  auto list_flags = std::make_shared<look_flags>();
  auto* list = add_queue_leaf(queue, "ls", "List queues: what is ready, leased, dead; rates",
                              *list_flags, false, ls_footer);
  list->add_flag("--json", list_flags->as_json, "print one JSON object (default: off)");
  auto stats_flags = std::make_shared<look_flags>();
  auto* stats = add_queue_leaf(queue, "stats", "Show a queue's settings and books", *stats_flags,
                               true, stats_footer);
  stats->add_flag("--json", stats_flags->as_json, "print one JSON object (default: off)");
  auto rm_flags = std::make_shared<queue_flags>();
  auto* rm =
      add_queue_leaf(queue, "rm", "Remove a queue with all its items", *rm_flags, true, rm_footer);
  return {{list, [list_flags] { return list_queues(*list_flags); }},
          add_create(queue),
          {stats, [stats_flags] { return show_stats(*stats_flags); }},
          {rm, [rm_flags] { return remove(*rm_flags); }}};
}

} // namespace squall::cli
