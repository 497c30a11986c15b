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

constexpr const char* purge_footer = R"(Example
  squall queue purge jobs)";

/// `rest` is that of the path; `done` what has then been done, for people.
exit_code turn(const queue_flags& flags, std::string_view rest, std::string_view done) {
  ask_gateway(parse_url(flags.url), {"POST", queue_path(flags.queue, rest), "", {}});
  std::cout << done << ' ' << flags.queue << std::endl;
  return exit_code::done;
}

exit_code purge(const queue_flags& flags, const char* rest) {
  const auto answer =
      ask_gateway(parse_url(flags.url), {"DELETE", queue_path(flags.queue, rest), {}, {}});
  const auto count = fields::number(nlohmann::json::parse(answer.body, nullptr, false), "purged");
  std::cout << format_count(count) << (count == 1 ? " item" : " items") << " purged" << std::endl;
  return exit_code::done;
}

} // namespace

command add_queue_purge(CLI::App& above, const char* rest, const std::string& description,
                        const char* footer) {
  auto flags = std::make_shared<queue_flags>();
  auto* app = add_queue_leaf(above, "purge", description, *flags, true, footer);
  return {app, [flags, rest] { return purge(*flags, rest); }};
}

std::vector<command> add_queue_flow(CLI::App& queue) {
  auto paused = std::make_shared<queue_flags>();
  auto* pause =
      add_queue_leaf(queue, "pause", "Hand no items out; they can still be put, acked and nacked",
                     *paused, true, pause_footer);
  auto resumed = std::make_shared<queue_flags>();
  auto* resume =
      add_queue_leaf(queue, "resume", "Hand items out again", *resumed, true, resume_footer);
  return {{pause, [paused] { return turn(*paused, "/pause", "paused"); }},
          {resume, [resumed] { return turn(*resumed, "/resume", "resumed"); }},
          add_queue_purge(queue, "/items",
                          "Remove all items that are ready or delayed; what is leased stays",
                          purge_footer)};
}

} // namespace squall::cli
