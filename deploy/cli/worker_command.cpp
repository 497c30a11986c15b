#include "deploy/cli/cluster_flags.hpp"
#include "deploy/cli/commands.hpp"
#include "deploy/cli/fetch_flags.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/log_rotation.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/cli/service_notice.hpp"
#include "deploy/cli/shutdown_signals.hpp"
#include "workers/worker_process.hpp"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>

namespace squall::cli {

namespace {

constexpr const char* footer = R"(Examples
  squall worker --join 127.0.0.1:7411 --pool prime=auto
  squall worker --join a.example:7411,b.example:7411 --pool prime=8 --pool sleep=100 --name w1
  squall worker --join a.example:7411,b.example:7411 --consume numbers=prime:4
  squall worker --join a.example:7411 --pool prime=auto --cluster-tls /etc/squall/tls
A queue lives in one gateway; a worker that joins several consumes from each of them.)";

struct worker_flags {
  std::vector<std::string> join;
  std::vector<std::string> pools;
  fetch_flags fetch;
  std::vector<std::string> consumes;
  cluster_tls_flags tls;
  workers::worker_options options;
};

workers::worker_options complete(worker_flags flags, const workers::registry& kinds) {
  flags.options.tls = take_cluster_tls(flags.tls);
  if (flags.join.empty()) throw misuse("--join: name at least one gateway, as HOST:PORT");
  if (flags.pools.empty() && flags.consumes.empty())
    throw misuse("name at least one kind to offer, as --pool KIND=N or KIND=auto, or one queue to "
                 "consume, as --consume QUEUE=KIND:N");
  for (const auto& text : flags.join) {
    const auto place = proto::parse_endpoint(text);
    if (!place || place->port == 0)
      throw misuse("--join: '" + text + "' is not of the form HOST:PORT");
    flags.options.gateways.push_back(*place);
  }
  flags.options.pools = parse_pool_flags(flags.pools, kinds);
  flags.options.consumes = parse_consume_flags(flags.consumes, kinds);
  return std::move(flags.options);
}

workers::worker_observer observer_of(service_notice& notice) {
  if (!notice.is_wanted()) return {};
  return {[&notice](std::size_t joined, std::size_t known) {
            const auto about = "joined " + std::to_string(joined) + " of " + std::to_string(known) +
                               (known == 1 ? " gateway" : " gateways");
            if (joined > 0) notice.ready(about);
            notice.status(about);
          },
          [&notice] { notice.alive(); }, notice.alive_every()};
}

exit_code run(const worker_flags& flags) {
  const auto kinds = workers::built_in_kinds(parse_fetch_flags(flags.fetch));
  auto options = complete(flags, kinds);
  raise_file_limit();
  ignore_broken_pipes();
  const log_rotation log;
  service_notice notice;
  options.told = observer_of(notice);
  workers::worker_process process(std::move(options), kinds);
  const shutdown_signals signals([&process, &notice] {
    notice.stopping();
    process.stop();
  });
  if (process.run()) return exit_code::done;
  spdlog::warn("the drain timeout has passed; leaving what still runs");
  spdlog::shutdown();
  // Handlers may be computing still, on threads that nothing can end.
  std::_Exit(static_cast<int>(exit_code::failed));
}

} // namespace

command add_worker_command(CLI::App& program) {
  auto flags = std::make_shared<worker_flags>();
  auto* app = program.add_subcommand(
      "worker",
      "Join gateways and run calls for them, and items of their queues. Joins again when a gateway "
      "was gone");
  app->footer(footer);
  add_list(*app, "--join", flags->join,
           "gateways' addresses for workers; a name with several addresses means all of them")
      ->type_name("HOST:PORT");
  add_pool_flag(*app, flags->pools, "kind to offer, with so many at a time");
  add_consume_flag(*app, flags->consumes, "queue to consume, at every gateway that is joined");
  app->add_option("--name", flags->options.name, "shown in the cluster (default: HOST-PID)");
  add_duration(*app, "--drain-timeout", flags->options.drain,
               "time for running calls and items after SIGTERM");
  add_cluster_tls(*app, flags->tls);
  add_fetch_flags(*app, flags->fetch);
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
