#include "deploy/cli/cluster_flags.hpp"
#include "deploy/cli/commands.hpp"
#include "deploy/cli/fetch_flags.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/layers.hpp"
#include "deploy/cli/log_rotation.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/cli/service_notice.hpp"
#include "deploy/cli/shutdown_signals.hpp"
#include "deploy/cli/work_again.hpp"
#include "workers/worker_process.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace squall::cli {

namespace {

constexpr const char* footer = R"(Examples
  squall worker --join 127.0.0.1:7411 --pool prime=auto
  squall worker --join a.example:7411,b.example:7411 --pool prime=8 --pool sleep=100 --name w1
  squall worker --join a.example:7411,b.example:7411 --consume numbers=prime:4
  squall worker --join a.example:7411 --pool prime=auto --cluster-tls /etc/squall/tls
  squall worker --config /etc/squall/worker.toml
A queue lives in one gateway; a worker that joins several consumes from each of them.
SIGHUP has it read the pools and consumed queues of its --config FILE again: pools grow, shrink,
come and go while calls go on. A file with a mistake changes nothing.)";

struct worker_flags {
  std::vector<std::string> join;
  std::vector<std::string> pools;
  fetch_flags fetch;
  std::vector<std::string> consumes;
  cluster_tls_flags tls;
  workers::worker_options options;
  CLI::App* app = nullptr;
  std::shared_ptr<file_layer> file = std::make_shared<file_layer>();
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

/// Tells the service manager how many gateways have been joined; not before signals are heeded, as
/// whoever hears that this process is ready may send one.
class membership_notice {
public:
  explicit membership_notice(service_notice& to) : to_(to) {}

  void operator()(std::size_t joined, std::size_t known) {
    const std::lock_guard guard(mutex_);
    joined_ = joined;
    about_ = "joined " + std::to_string(joined) + " of " + std::to_string(known) +
             (known == 1 ? " gateway" : " gateways");
    tell();
  }

  void begin() {
    const std::lock_guard guard(mutex_);
    begun_ = true;
    tell();
  }

private:
  void tell() {
    if (!begun_ || about_.empty()) return;
    if (joined_ > 0) to_.ready(about_);
    to_.status(about_);
  }

  service_notice& to_;
  std::mutex mutex_;
  std::size_t joined_ = 0;
  std::string about_;
  bool begun_ = false;
};

workers::worker_observer observer_of(service_notice& notice, membership_notice& members) {
  if (!notice.is_wanted()) return {};
  return {[&members](std::size_t joined, std::size_t known) { members(joined, known); },
          [&notice] { notice.alive(); }, notice.alive_every()};
}

/// At SIGHUP.
void read_again(const worker_flags& flags, const workers::registry& kinds,
                workers::worker_process& process, service_notice& notice) {
  const auto& path = flags.file->path;
  if (path.empty()) {
    spdlog::info("SIGHUP: there is nothing to read again without --config FILE");
    return;
  }
  notice.reloading();
  try {
    auto orders = read_work_again(*flags.app, *flags.file, flags.pools, flags.consumes, kinds);
    spdlog::info("{}: read again", path);
    process.change(std::move(orders),
                   [&notice](const std::string& refused) { notice.reloaded(refused); });
  } catch (const std::exception& error) {
    log_refusal(path, error.what());
    notice.reloaded(error.what());
  }
}

exit_code run(const worker_flags& flags) {
  const auto kinds = workers::built_in_kinds(parse_fetch_flags(flags.fetch));
  auto options = complete(flags, kinds);
  raise_file_limit();
  ignore_broken_pipes();
  std::signal(SIGHUP, SIG_IGN); // until it is heeded
  const log_rotation log;
  service_notice notice;
  membership_notice members(notice);
  options.told = observer_of(notice, members);
  workers::worker_process process(std::move(options), kinds);
  const auto drain = [&process, &notice] {
    notice.stopping();
    process.stop();
  };
  const auto reload = [&] { read_again(flags, kinds, process, notice); };
  const shutdown_signals signals(drain, {}, reload);
  members.begin();
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
  flags->app = app;
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
  return {app, [flags] { return run(*flags); }, flags->file};
}

} // namespace squall::cli
