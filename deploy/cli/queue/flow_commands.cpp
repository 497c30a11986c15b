#include "deploy/cli/json_fields.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"
#include "deploy/cli/units.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace squall::cli {

namespace {

constexpr const char* pause_footer = R"(Example
  squall queue pause jobs)";

constexpr const char* resume_footer = R"(Example
  squall queue resume jobs)";

constexpr const char* purge_footer = R"(Examples
  squall queue purge jobs
  squall queue purge jobs --dead)";

struct purge_flags : queue_flags {
  bool dead = false;
};

/// `rest` is that of the path; `done` what has then been done, for people.
exit_code turn(const queue_flags& flags, std::string_view rest, std::string_view done) {
  ask_gateway(parse_url(flags.url), {"POST", queue_path(flags.queue, rest), "", {}});
  std::cout << done << ' ' << flags.queue << std::endl;
  return exit_code::done;
}

exit_code purge(const purge_flags& flags) {
  const auto path = queue_path(flags.queue, flags.dead ? "/dead" : "/items");
  const auto answer = ask_gateway(parse_url(flags.url), {"DELETE", path, {}, {}});
  const auto count = fields::number(nlohmann::json::parse(answer.body, nullptr, false), "purged");
  std::cout << format_count(count) << (count == 1 ? " item" : " items") << " purged" << std::endl;
  return exit_code::done;
}

} // namespace

std::vector<command> add_queue_flow(CLI::App& queue) {
  auto paused = std::make_shared<queue_flags>();
  auto* pause =
      add_queue_leaf(queue, "pause", "Hand no items out; they can still be put, acked and nacked",
                     *paused, true, pause_footer);
  auto resumed = std::make_shared<queue_flags>();
  auto* resume =
      add_queue_leaf(queue, "resume", "Hand items out again", *resumed, true, resume_footer);
  auto purged = std::make_shared<purge_flags>();
  auto* purge_app = add_queue_leaf(
      queue, "purge", "Remove all items that are ready or delayed; what is leased stays", *purged,
      true, purge_footer);
  purge_app->add_flag("--dead", purged->dead, "those of the dead list instead (default: off)");
  return {{pause, [paused] { return turn(*paused, "/pause", "paused"); }},
          {resume, [resumed] { return turn(*resumed, "/resume", "resumed"); }},
          {purge_app, [purged] { return purge(*purged); }}};
}

} // namespace squall::cli
