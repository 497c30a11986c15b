#include "deploy/cli/flags.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"

namespace squall::cli {

namespace {

using std::chrono::milliseconds;

constexpr const char* join_footer = R"(Examples
  squall queue join jobs
  squall queue join jobs --timeout 10m && echo all done)";

struct join_flags : queue_flags {
  milliseconds timeout{24 * 3'600'000};
};

exit_code join(const join_flags& flags) {
  const auto rest = "/join?timeout_ms=" + std::to_string(flags.timeout.count());
  ask_gateway(parse_url(flags.url), {"POST", queue_path(flags.queue, rest), "", {}}, flags.timeout);
  return exit_code::done;
}

} // namespace

command add_queue_join(CLI::App& queue) {
  auto flags = std::make_shared<join_flags>();
  auto* app = add_queue_leaf(queue, "join", "Wait until every item is acked, or dead", *flags, true,
                             join_footer);
  add_duration(*app, "--timeout", flags->timeout, "then exit with 1; up to 24h");
  return {app, [flags] { return join(*flags); }};
}

} // namespace squall::cli
