#include "deploy/cli/queue/commands.hpp"

#include <iterator>

namespace squall::cli {

namespace {

constexpr const char* footer = R"(Examples
  squall queue create jobs --maxsize 1000
  squall queue put jobs '{"n": 97}' '"any JSON"'
  squall queue consume jobs --exec 'cat'
  squall queue ls --url https://gateway.example --ca /etc/squall/ca.pem)";

} // namespace

CLI::App* add_queue_leaf(CLI::App& queue, const std::string& name, const std::string& description,
                         queue_flags& flags, bool named, const char* footer) {
  auto* app = queue.add_subcommand(name, description);
  app->footer(footer);
  if (named) app->add_option("queue", flags.queue, "its name")->required();
  add_gateway_flags(*app, flags.url, "the gateway that has the queue");
  return app;
}

std::vector<command> add_queue_commands(CLI::App& program) {
  auto* queue = program.add_subcommand(
      "queue", "Make, fill, empty and watch a gateway's queues; run a command for each item");
  queue->footer(footer);
  queue->require_subcommand(0, 1); // as the program's own
  auto commands = add_queue_admin(*queue);
  commands.push_back(add_queue_put(*queue));
  commands.push_back(add_queue_get(*queue));
  commands.push_back(add_queue_join(*queue));
  for (auto& more : {add_queue_leases(*queue), add_queue_dead(*queue), add_queue_flow(*queue)})
    commands.insert(commands.end(), more.begin(), more.end());
  commands.push_back(add_queue_consume(*queue));
  return commands;
}

} // namespace squall::cli
