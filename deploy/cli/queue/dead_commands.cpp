#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"
#include "deploy/cli/queue/view.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

#include <unistd.h>

namespace squall::cli {

namespace {

using nlohmann::json;

constexpr const char* footer = R"(Examples
  squall queue dead ls jobs
  squall queue dead retry jobs             every one of them
  squall queue dead retry jobs 7 12
  squall queue dead purge jobs)";

constexpr const char* ls_footer = R"(Example
  squall queue dead ls jobs --max 10)";

constexpr const char* retry_footer = R"(Examples
  squall queue dead retry jobs             every one of them
  squall queue dead retry jobs 7 12)";

constexpr const char* purge_footer = R"(Example
  squall queue dead purge jobs)";

struct list_flags : queue_flags {
  std::uint32_t max = 100;
  bool as_json = false;
};

struct retry_flags : queue_flags {
  std::vector<std::string> ids; ///< none: all
};

exit_code list(const list_flags& flags) {
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
exit_code retry(const retry_flags& flags) {
  json body = json::object();
  if (!flags.ids.empty()) body["ids"] = flags.ids;
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

std::vector<command> add_queue_dead(CLI::App& queue) {
  auto* dead = queue.add_subcommand("dead", "List what failed too often, have it tried again, or "
                                            "remove it");
  dead->footer(footer);
  dead->require_subcommand(0, 1); // as the program's own
  auto listed = std::make_shared<list_flags>();
  auto* list_app =
      add_queue_leaf(*dead, "ls", "List items that failed too often", *listed, true, ls_footer);
  list_app->add_option("--max", listed->max, "how many at most");
  list_app->add_flag("--json", listed->as_json, "print one JSON object (default: off)");
  auto retried = std::make_shared<retry_flags>();
  auto* retry_app =
      add_queue_leaf(*dead, "retry", "Make dead items ready again, their attempts forgotten",
                     *retried, true, retry_footer);
  retry_app->add_option("id", retried->ids, "of items, as ls shows them; none: all");
  return {{list_app, [listed] { return list(*listed); }},
          {retry_app, [retried] { return retry(*retried); }},
          add_queue_purge(*dead, "/dead", "Remove all dead items", purge_footer)};
}

} // namespace squall::cli
