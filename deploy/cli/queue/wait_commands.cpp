#include "deploy/cli/flags.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"
#include "deploy/cli/queue/view.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

#include <unistd.h>

namespace squall::cli {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* join_footer = R"(Examples
  squall queue join jobs
  squall queue join jobs --timeout 10m && echo all done)";

constexpr const char* dead_footer = R"(Examples
  squall queue dead jobs
  squall queue dead jobs --put-back        every one of them
  squall queue dead jobs --put-back 7 12)";

/// What `--put-back` says when no id is behind it. An id that a script left empty is not that.
constexpr const char* all = "all";

struct join_flags : queue_flags {
  milliseconds timeout{24 * 3'600'000};
};

struct dead_flags : queue_flags {
  std::uint32_t max = 100;
  bool as_json = false;
};

exit_code join(const join_flags& flags) {
  const auto rest = "/join?timeout_ms=" + std::to_string(flags.timeout.count());
  ask_gateway(parse_url(flags.url), {"POST", queue_path(flags.queue, rest), "", {}}, flags.timeout);
  return exit_code::done;
}

exit_code show_dead(const dead_flags& flags) {
  const auto rest = "/dead?max=" + std::to_string(flags.max);
  const auto answer =
      ask_gateway(parse_url(flags.url), {"GET", queue_path(flags.queue, rest), {}, {}});
  if (flags.as_json) {
    std::cout << answer.body << (answer.body.ends_with('\n') ? "" : "\n");
  } else {
    std::cout << render_dead(json::parse(answer.body, nullptr, false),
                             ::isatty(STDOUT_FILENO) != 0);
  }
  std::cout << std::flush;
  return exit_code::done;
}

/// Prints the ids of the items that are ready again.
exit_code put_back(const dead_flags& flags, const std::vector<std::string>& ids) {
  json body = json::object();
  if (ids != std::vector<std::string>{all}) body["ids"] = ids;
  const auto question = http_question{"POST",
                                      queue_path(flags.queue, "/dead/put_back"),
                                      body.dump(-1, ' ', false, json::error_handler_t::replace),
                                      {}};
  const auto answer = ask_gateway(parse_url(flags.url), question);
  const auto document = json::parse(answer.body, nullptr, false);
  if (!document.is_object()) return exit_code::done;
  const auto back = document.value("ids", std::vector<std::string>{});
  for (const auto& id : back)
    std::cout << id << '\n';
  std::cout << std::flush;
  if (!back.empty()) return exit_code::done;
  std::cerr << "error: nothing was put back\n";
  return exit_code::failed;
}

} // namespace

std::vector<command> add_queue_waits(CLI::App& queue) {
  auto joined = std::make_shared<join_flags>();
  auto* join_app = add_queue_leaf(queue, "join", "Wait until every item is acked, or dead", *joined,
                                  true, join_footer);
  add_duration(*join_app, "--timeout", joined->timeout, "then exit with 1; up to 24h");
  auto dead = std::make_shared<dead_flags>();
  auto* dead_app =
      add_queue_leaf(queue, "dead", "List items that failed too often, or put them back", *dead,
                     true, dead_footer);
  dead_app->add_option("--max", dead->max, "how many to list at most");
  dead_app->add_flag("--json", dead->as_json, "print one JSON object (default: off)");
  auto* back =
      dead_app->add_option("--put-back")->expected(0, -1)->allow_extra_args()->type_name("ID");
  back->default_str(all)->description("make these ready again, their attempts forgotten");
  return {{join_app, [joined] { return join(*joined); }},
          {dead_app, [dead, back] {
             return back->count() == 0 ? show_dead(*dead) : put_back(*dead, back->results());
           }}};
}

} // namespace squall::cli
