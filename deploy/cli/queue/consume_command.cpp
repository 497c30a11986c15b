#include "deploy/cli/flags.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"
#include "deploy/cli/queue/consumer.hpp"

#include <iostream>

namespace squall::cli {

namespace {

constexpr const char* footer =
    R"(The command finds the item's body, a line of JSON, on its stdin, and in its environment
SQUALL_ITEM_ID, SQUALL_ATTEMPT (from 1) and SQUALL_QUEUE. Exit code 0 acks; anything else
puts the item back, until it has failed too often.

Examples
  squall queue consume jobs --exec 'jq .n' --concurrency 4
  squall queue consume jobs --exec ./work.sh --drain-empty && echo all done)";

struct consume_flags : queue_flags {
  consume_options options;
  bool once = false;
  bool drain_empty = false;
};

exit_code run(const consume_flags& flags) {
  auto options = flags.options;
  options.gateway = parse_url(flags.url);
  options.queue = flags.queue;
  queue_path(options.queue);
  if (flags.drain_empty) options.until = consume_until::empty;
  if (flags.once) {
    options.until = consume_until::once;
    options.concurrency = 1;
  }
  raise_file_limit();
  ignore_broken_pipes();
  const auto result = consume(options);
  if (options.until == consume_until::stopped || result.failed == 0) return exit_code::done;
  std::cerr << "error: " << result.failed << (result.failed == 1 ? " item" : " items")
            << " failed\n";
  return exit_code::failed;
}

} // namespace

command add_queue_consume(CLI::App& queue) {
  auto flags = std::make_shared<consume_flags>();
  auto* app = add_queue_leaf(queue, "consume",
                             "Run a command for each item, until a signal comes: the first lets "
                             "what runs finish, a second ends it",
                             *flags, true, footer);
  app->add_option("--exec", flags->options.command, "the command, for /bin/sh -c")
      ->required()
      ->type_name("CMD");
  app->add_option("--concurrency", flags->options.concurrency, "items worked at at a time")
      ->check(CLI::Range(1, 10'000));
  add_duration(*app, "--lease", flags->options.lease,
               "how long an item is held, extended at half of it; 0: the queue's own");
  auto* once =
      app->add_flag("--once", flags->once, "end after one item; 1 if it failed (default: off)");
  app->add_flag("--drain-empty", flags->drain_empty,
                "end when nothing is ready or runs; 1 if any item failed (default: off)")
      ->excludes(once);
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
