#include "deploy/cli/access_flags.hpp"
#include "deploy/cli/cluster_flags.hpp"
#include "deploy/cli/commands.hpp"
#include "deploy/cli/declared_file.hpp"
#include "deploy/cli/fetch_flags.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/load_notice.hpp"
#include "deploy/cli/log_rotation.hpp"
#include "deploy/cli/own_pools.hpp"
#include "deploy/cli/passed_sockets.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/cli/service_notice.hpp"
#include "deploy/cli/shutdown_signals.hpp"
#include "deploy/cli/state_file.hpp"
#include "deploy/cli/work_again.hpp"
#include "gateway/process.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

#include <unistd.h>

namespace squall::cli {

namespace {

using gateway::process_options;

struct gateway_flags {
  process_options options;
  cluster_tls_flags tls;
  access_flags access;
  std::vector<std::string> pools;
  fetch_flags fetch;
  std::vector<std::string> consumes;
  std::string store;
  std::string declare; ///< file
  CLI::App* app = nullptr;
  std::shared_ptr<file_layer> file = std::make_shared<file_layer>();
};

constexpr const char* footer =
    R"(Examples: a whole platform in one process, one that works off a queue, one that takes
workers, one whose queues are in a file of their own
  squall gateway --pool prime=auto
  squall gateway --consume numbers=prime:auto
  squall gateway --listen 0.0.0.0:8888 --tokens /etc/squall/tokens --require prime
  squall gateway --cluster 0.0.0.0:7411 --cluster-tls /etc/squall/tls
  squall gateway --store sqlite:/srv/squall/queues.db
  squall gateway --store postgres://squall@db.example/squall
  squall gateway --declare /etc/squall/queues.yaml
Queues are kept in a SQLite file: --store, else $STATE_DIRECTORY/queues.db, else
/var/lib/squall/queues.db for root, else squall/queues.db in $XDG_STATE_HOME or ~/.local/state.
A file serves one gateway at a time. Gateways that name one PostgreSQL database share their queues;
its password is best kept in ~/.pgpass or PGPASSWORD, where other users of this host don't see it.)";

void add_places(CLI::App& app, gateway_flags& flags) {
  auto& options = flags.options;
  app.add_option("--listen", options.listen,
                 "address for clients; port 0 takes a free one and prints it")
      ->type_name("HOST:PORT");
  app.add_option("--cluster", options.cluster,
                 "address for workers; port 0 takes a free one, '' lets none join")
      ->type_name("HOST:PORT");
  app.add_option("--io-threads", options.io_threads, "event loops; 0: one a core");
  add_pool_flag(app, flags.pools, "kind to serve in this process, with so many at a time");
  add_consume_flag(
      app, flags.consumes,
      "queue whose jobs are run wherever their kinds are served, as those of the queue "
      "default always are; with =KIND, queue of this gateway to consume in this process")
      ->type_name("QUEUE|QUEUE=KIND:N|auto");
  app.add_option("--name", options.name, "shown in the cluster (default: HOST-PID)");
  add_list(
      app, "--require", options.limits.required,
      "kind that needs a slot before /readyz says 200, and is known from the start; repeatable")
      ->type_name("KIND");
  add_duration(app, "--drain-timeout", options.drain_timeout,
               "time for running calls after SIGTERM");
  app.add_option("--max-waiting", options.max_waiting, "calls of one kind that wait for a slot");
  app.add_option("--max-waiting-per-connection", options.max_waiting_per_connection,
                 "those of one connection");
  add_size(app, "--max-waiting-bytes", options.max_waiting_bytes,
           "of the params of one kind's waiting calls");
  app.add_option("--store", flags.store,
                 "where queues are kept: sqlite:PATH, postgres://USER@HOST/DATABASE, or memory:, "
                 "which does not survive this process (default: a file in the state directory, "
                 "see below)")
      ->type_name("STORE");
  app.add_option("--declare", flags.declare,
                 "YAML or JSON with queues: and schedules: to make, or to change when they differ: "
                 "at the start, and again at SIGHUP; a manifest will do. Until they are there, "
                 "/readyz says 503")
      ->type_name("FILE");
  add_size(app, "--max-job-bytes", options.limits.max_job_bytes,
           "of a job's params, and of its result");
  add_size(app, "--queue-memory", options.queue_memory,
           "with --store memory: all that queues and their items may take, each queue 4 KiB at "
           "least");
  app.add_flag("--insecure-cluster", options.insecure_cluster,
               "allow a cluster address beyond loopback without TLS (default: off)");
}

void add_http_limits(CLI::App& app, gateway::settings& limits) {
  const char* group = "HTTP";
  add_list(app, "--origin", limits.origins,
           "foreign origin that may use CORS and WebSocket: https://host[:port], or * for all; "
           "repeatable")
      ->type_name("ORIGIN")
      ->group(group);
  app.add_flag("--echo", limits.echo, "serve /echo and /ws/echo (default: off)")->group(group);
  add_size(app, "--max-header-bytes", limits.max_header_bytes, "of one request's header")
      ->group(group);
  app.add_option("--max-headers", limits.max_headers, "fields of one request")->group(group);
  add_size(app, "--max-body-bytes", limits.max_body_bytes, "of one request's body")->group(group);
  add_duration(app, "--header-timeout", limits.header_timeout,
               "from a request's first byte to its last header")
      ->group(group);
  add_duration(app, "--body-timeout", limits.body_timeout, "from the last header to the body's end")
      ->group(group);
  add_duration(app, "--idle-timeout", limits.idle_timeout, "between requests of a connection")
      ->group(group);
  add_duration(app, "--write-timeout", limits.write_timeout,
               "a peer that reads nothing for so long is gone")
      ->group(group);
}

void add_websocket_limits(CLI::App& app, gateway::settings& limits) {
  const char* group = "WebSocket";
  add_size(app, "--max-message-bytes", limits.max_message_bytes, "of one message, inflated")
      ->group(group);
  add_size(app, "--max-outbox-bytes", limits.max_outbox_bytes, "unsent bytes of one connection")
      ->group(group);
  add_size(app, "--max-echo-bytes", limits.max_echo_bytes, "both of these limits for /ws/echo")
      ->group(group);
  add_duration(app, "--ping-interval", limits.ping_interval, "between pings of a quiet connection")
      ->group(group);
  add_duration(app, "--pong-timeout", limits.pong_timeout, "for the answer to a ping")
      ->group(group);
  add_duration(app, "--close-timeout", limits.close_timeout, "for the closing handshake")
      ->group(group);
  app.add_flag("--deflate,!--no-deflate", limits.deflate, "offer permessage-deflate (default: on)")
      ->group(group);
}

actors::store_place store_place(const std::string& text) {
  if (text.empty()) {
    auto file = default_store_file(state_environment(), ::geteuid() == 0);
    make_state_directory(file.parent_path());
    return {std::move(file)};
  }
  try {
    return actors::parse_store_place(text);
  } catch (const std::invalid_argument& error) {
    throw misuse(std::string("--store: ") + error.what());
  }
}

gateway::observer observer_of(service_notice& notice) {
  if (!notice.is_wanted()) return {};
  return {[&notice](const std::string& about) { notice.ready(about); },
          [&notice](const std::string& about) { notice.status(about); },
          [&notice] { notice.alive(); }, notice.alive_every()};
}

/// At SIGHUP; a file that cannot be used changes nothing. Gives why it was refused.
std::string declare_again(const std::string& file, const process_options& options) {
  if (!options.declared) return {};
  try {
    options.declared->put(read_declared_file(file, options.limits.max_job_bytes));
    spdlog::info("--declare {}: read again", file);
  } catch (const misuse& error) {
    spdlog::error("{}; what was declared before stays", error.what());
    return error.what();
  }
  return {};
}

/// At SIGHUP, of the pools of this process. Gives why the file was refused.
std::string work_again(const gateway_flags& flags, own_pools& pools,
                       const workers::registry& kinds) {
  const auto& path = flags.file->path;
  if (path.empty()) return {};
  try {
    pools.change(read_work_again(*flags.app, *flags.file, flags.pools, flags.consumes, kinds));
    return {};
  } catch (const std::exception& error) {
    log_refusal(path, error.what());
    return error.what();
  }
}

exit_code run(gateway_flags flags) {
  auto options = flags.options;
  options.sockets = take_passed_sockets();
  options.tls = take_cluster_tls(flags.tls);
  take_access(flags.access, options);
  if (options.io_threads == 0) {
    options.io_threads = std::max(1U, std::thread::hardware_concurrency());
  }
  const auto kinds = workers::built_in_kinds(parse_fetch_flags(flags.fetch));
  const auto orders = parse_pool_flags(flags.pools, kinds);
  auto consumed = flags.consumes;
  options.job_queues = take_job_queues(consumed);
  const auto consumes = parse_consume_flags(consumed, kinds);
  options.store = store_place(flags.store);
  if (!flags.declare.empty()) {
    options.declared = std::make_shared<gateway::declaration_inbox>();
    options.declared->put(read_declared_file(flags.declare, options.limits.max_job_bytes));
  }
  raise_file_limit();
  ignore_broken_pipes();
  ignore_full_disks();
  std::optional<own_pools> pools;
  if (!orders.empty() || !consumes.empty())
    pools.emplace(workers::work_orders{orders, consumes}, options.name, kinds);
  const log_rotation log;
  service_notice notice;
  options.told = observer_of(notice);
  const load_notice load;
  if (load.is_wanted())
    options.told.load = [&load, &options](const auto& calls, const auto& queues) {
      load.tell(load_of(calls, queues, options.job_queues));
    };
  std::stop_source stop;
  // Outlives the gateway's run: it is there while everything comes down, too.
  const auto drain = [&stop, &notice] {
    notice.stopping();
    stop.request_stop();
  };
  const auto reload = [&] {
    notice.reloading();
    std::string refused;
    for (const auto& why :
         {reload_tokens(flags.access, options), reload_certificate(flags.access, options),
          declare_again(flags.declare, options),
          pools ? work_again(flags, *pools, kinds) : std::string()})
      if (!why.empty()) refused.append(refused.empty() ? "" : "; ").append(why);
    notice.reloaded(refused);
  };
  const shutdown_signals signals(drain, options.drain_timeout, reload);
  return static_cast<exit_code>(
      gateway::run_gateway(options, pools ? &*pools : nullptr, stop.get_token()));
}

} // namespace

command add_gateway_command(CLI::App& program) {
  auto flags = std::make_shared<gateway_flags>();
  auto& options = flags->options;
  auto* app = flags->app = program.add_subcommand(
      "gateway", "Serve clients over HTTP and WebSocket, and hand their calls to pools: those of "
                 "this process (--pool) and those of workers that join");
  app->footer(footer);
  add_places(*app, *flags);
  add_access(*app, flags->access, options);
  add_cluster_tls(*app, flags->tls);
  add_http_limits(*app, options.limits);
  add_websocket_limits(*app, options.limits);
  add_fetch_flags(*app, flags->fetch);
  return {app, [flags] { return run(*flags); }, flags->file};
}

} // namespace squall::cli
