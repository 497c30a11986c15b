#include "deploy/cli/flags.hpp"
#include "deploy/cli/line_sender.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace squall::cli {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* footer = R"(Examples
  squall queue put jobs '{"n": "97"}' --priority 9
  squall queue put jobs '"later"' --delay 5m
  seq 1 100000 | squall queue put jobs -)";

struct put_flags : queue_flags {
  item_options item;
  milliseconds timeout{30'000};
};

/// Items of one request: of a bounded queue, half of what it takes, so that a request neither can
/// never be taken nor waits until the queue is empty.
std::size_t batch_size(const url& gateway, const std::string& queue) {
  const auto answer = ask_gateway(gateway, {"GET", queue_path(queue), {}, {}});
  const auto stats = json::parse(answer.body, nullptr, false);
  const std::size_t maxsize = stats.is_object() ? stats.value("maxsize", 0U) : 0;
  if (maxsize == 0) return entry_batch::most_entries;
  return std::clamp<std::size_t>(maxsize / 2, 1, entry_batch::most_entries);
}

exit_code put_lines(const put_flags& flags) {
  const auto gateway = parse_url(flags.url);
  const auto counts = send_lines(
      {.entry = [&](const numbered_line& line) { return item_entry(line.text, flags.item); },
       .send =
           [&](const std::string& entries) {
             const auto question = put_items(flags.queue, entries, flags.timeout);
             ask_gateway(gateway, question, flags.timeout);
           },
       .max_entries = batch_size(gateway, flags.queue),
       .done = "items were put"});
  std::cout << counts.sent << (counts.sent == 1 ? " item put" : " items put") << std::endl;
  return counts.bad == 0 ? exit_code::done : exit_code::failed;
}

/// All items, or none. Prints their ids.
exit_code put_arguments(const put_flags& flags, const std::vector<std::string>& items) {
  std::string entries;
  for (const auto& item : items) {
    if (!json::accept(item)) throw misuse("ITEM: '" + item + "' is not valid JSON");
    if (!entries.empty()) entries += ',';
    entries += item_entry(item, flags.item);
  }
  const auto question = put_items(flags.queue, entries, flags.timeout);
  const auto answer = ask_gateway(parse_url(flags.url), question, flags.timeout);
  const auto document = json::parse(answer.body, nullptr, false);
  if (document.is_object()) {
    for (const auto& id : document.value("ids", std::vector<std::string>{}))
      std::cout << id << '\n';
  }
  std::cout << std::flush;
  return exit_code::done;
}

exit_code run(const put_flags& flags, const std::vector<std::string>& items) {
  queue_path(flags.queue); // before anything is read
  if (items.empty()) throw misuse("ITEM: give at least one, or - for stdin");
  if (items.size() > entry_batch::most_entries) throw misuse("ITEM: at most 1,000; use - for more");
  ignore_broken_pipes();
  if (items == std::vector<std::string>{"-"}) return put_lines(flags);
  return put_arguments(flags, items);
}

} // namespace

command add_queue_put(CLI::App& queue) {
  auto flags = std::make_shared<put_flags>();
  auto* app = add_queue_leaf(queue, "put",
                             "Put items, all or none, and print their ids. Behind the queue's name "
                             "stand items, as JSON text; or - alone: one a line from stdin",
                             *flags, true, footer);
  // What CLI11 does not know is an item, as it stands: bound to a variable, '[1,2]' would be two of
  // them, '{}' none, and -5 a flag.
  app->allow_extras();
  app->add_option("--priority", flags->item.priority, "9 goes first, in queues of order priority")
      ->check(CLI::Range(0, 9));
  add_duration(*app, "--delay", flags->item.delay, "before they are ready for the first time");
  add_duration(*app, "--timeout", flags->timeout, "how long to wait for room; 0: not at all");
  return {app, [flags, app] { return run(*flags, app->remaining()); }};
}

} // namespace squall::cli
