#include "gateway/process.hpp"

#include "actors/door.hpp"
#include "actors/jobs/runner.hpp"
#include "actors/queue/broker.hpp"
#include "actors/router.hpp"
#include "actors/schedules/scheduler.hpp"
#include "gateway/cluster_port.hpp"
#include "gateway/lane.hpp"
#include "gateway/process_declare.hpp"
#include "gateway/process_load.hpp"
#include "gateway/process_pulse.hpp"
#include "gateway/process_setup.hpp"
#include "gateway/process_sockets.hpp"
#include "proto/version.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <latch>
#include <memory>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <utility>

namespace squall::gateway {
namespace {

/// Beyond the time that it was given, for an answer to come.
constexpr std::chrono::seconds answer_time{5};
/// What a client whose connection was accepted gets for its request to come, before the gateway
/// closes it to leave the port to others.
constexpr std::chrono::seconds last_request_time{1};
/// Between two looks at what is still open.
constexpr std::chrono::milliseconds look_interval{10};

/// A gateway from its start to its end. Lives on the main thread.
class process {
public:
  process(const process_options& options, local_pools* pools, actors::opened_store store)
      : options_{options}, pools_{pools}, listen_{client_addresses(options)},
        cluster_{cluster_address(options)}, config_{system_options(options)}, system_{config_} {
    identity_.name = options.name.empty() ? default_name() : options.name;
    identity_.id = proto::make_incarnation();
    actors::broker_options queues;
    queues.items = std::move(store.items);
    queues.watch = std::move(store.watch);
    queues.ahead_ms = store.ahead_ms;
    queues.blocking = store.durable;
    if (store.durable) {
      queues.health = std::make_shared<actors::store_health>();
      counts_.store = [health = queues.health] { return health->report(); };
    }
    broker_ = actors::broker(system_, std::move(queues));
    // CAF tells of an end in the opposite order of those who asked for it, and counts the actor as
    // ended before: this comes behind the news for the network.
    caf::actor_cast<caf::abstract_actor*>(broker_)->attach_functor(
        [ended = broker_ended_](const caf::error&) { ended->count_down(); });
    actors::router_options router;
    router.gateway = identity_.id;
    router.limits.line.total = options.max_waiting;
    router.limits.line.connection = options.max_waiting_per_connection;
    router.limits.line.bytes = options.max_waiting_bytes;
    router.expected = options.limits.required;
    router.broker = broker_;
    router_ = actors::router(system_, router);
    door_ = actors::door(system_, router_);
    scheduler_ = actors::scheduler(system_, broker_);
    runner_ = actors::runner(system_, {job_limits(options), router_, broker_});
    counts_.undeclared = bool{options.declared};
    if (options.declared) declarer_.emplace(system_, broker_, options.declared, counts_.undeclared);
  }

  ~process() {
    load_.reset();
    pulse_.reset();
    declarer_.reset();
    lanes_.clear();
    end(runner_);
    end(scheduler_);
    if (pools_running_) pools_->stop();
    if (cluster_port_ != 0) close_cluster_port(system_, door_, cluster_port_, bool{options_.tls});
    caf::anon_send_exit(door_, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(router_, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(broker_, caf::exit_reason::user_shutdown);
    system_.await_all_actors_done();
    broker_ended_->wait();
    if (cluster_port_ != 0) settle_cluster_port(system_);
  }

  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// Lets workers and clients in.
  void open() {
    if (pools_) {
      pools_->start(system_, router_);
      pools_running_ = true;
    }
    if (cluster_) {
      cluster_port_ = open_cluster_port(system_, door_, *cluster_, bool{options_.tls});
      identity_.cluster = proto::to_string({cluster_->host, cluster_port_});
    }
    open_lanes();
    auto about = "listening on " + identity_.listen + " (clients)";
    if (cluster_) about += ", " + identity_.cluster + " (cluster)";
    std::cout << about << std::endl;
    for (auto& each : lanes_)
      each->start();
    if (options_.told.ready) options_.told.ready(about);
    if (options_.told) pulse_.emplace(lanes_, options_.told, about);
    if (options_.told.load) load_.emplace(system_, router_, broker_, options_.told.load);
    spdlog::info("gateway {} ({}) listens on {}", identity_.name, identity_.id, identity_.listen);
  }

  /// Readiness goes first, then no new work, then what runs is finished: blocks until it is.
  void drain() {
    const auto within_ms = static_cast<std::uint32_t>(options_.drain_timeout.count());
    counts_.leaving = true;
    load_.reset(); // it says nothing of what is to come
    declarer_.reset();
    if (!options_.sockets.empty()) leave_port();
    caf::scoped_actor self{system_};
    auto jobs = self->request(runner_, options_.drain_timeout + answer_time,
                              proto::drain{within_ms}); // while it may still wait for jobs
    auto due =
        self->request(scheduler_, options_.drain_timeout + answer_time, proto::drain{within_ms});
    const auto begun = latch_of_lanes();
    const auto drained = latch_of_lanes();
    for (auto& each : lanes_)
      each->drain([begun] { begun->count_down(); }, [drained] { drained->count_down(); });
    begun->wait(); // so that the router refuses no call that a lane has taken
    caf::anon_send(router_, proto::drain{within_ms});
    caf::anon_send(broker_, proto::drain{within_ms});          // nobody waits for an item any more
    if (pools_running_) pools_->drain(options_.drain_timeout); // while the lanes do
    drained->wait();
    bool finished = false;
    jobs.receive([&](bool all) { finished = all; }, [](const caf::error&) {});
    due.receive([](bool) {}, [](const caf::error&) {}); // what it began is kept in any case
    if (!finished) spdlog::warn("jobs were not finished in time");
    spdlog::info("drained");
  }

private:
  /// Shared: the last lane may still be inside `count_down` when `wait` returns.
  std::shared_ptr<std::latch> latch_of_lanes() const {
    return std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(lanes_.size()));
  }

  /// New connections are for whoever else accepts at the sockets. The requests of those there are
  /// get real answers for a while: none of their clients could know.
  void leave_port() {
    const auto left = latch_of_lanes();
    for (auto& each : lanes_)
      each->stop_accepting([left] { left->count_down(); });
    left->wait();
    const auto until = std::chrono::steady_clock::now() + last_request_time;
    while (counts_.http_connections != 0 && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(look_interval);
  }

  /// What it has leased goes back to a broker that is still there.
  template <class Actor>
  void end(const Actor& who) {
    caf::scoped_actor self{system_};
    self->send_exit(who, caf::exit_reason::user_shutdown);
    self->wait_for(who);
  }

  void open_lanes() {
    const auto count = std::max<std::size_t>(1, options_.io_threads);
    for (std::size_t i = 0; i < count; ++i)
      lanes_.push_back(std::make_unique<lane>(i, system_, router_, broker_, options_.limits,
                                              counts_, identity_));
    if (!options_.sockets.empty()) {
      listen_at(options_.sockets, lanes_);
      identity_.listen = to_string(listen_);
      return;
    }
    auto where = listen_.front();
    try {
      if (count > 1) where.port = free_port();
      for (auto& each : lanes_)
        where.port = each->listen(where, count > 1);
    } catch (const std::exception& error) {
      throw misuse{"cannot listen on " + proto::to_string(where) + ": " + error.what()};
    }
    identity_.listen = proto::to_string(where);
  }

  /// Lanes share their port, and so would a second gateway, unseen: find out first whether the
  /// port can be had alone.
  std::uint16_t free_port() {
    lane probe{lanes_.size(), system_, router_, broker_, options_.limits, counts_, identity_};
    return probe.listen(listen_.front(), false);
  }

  const process_options& options_;
  local_pools* pools_;
  std::vector<proto::endpoint> listen_;
  std::optional<proto::endpoint> cluster_;
  counters counts_;
  http::gateway_identity identity_;
  proto::system_config config_;
  caf::actor_system system_;
  proto::broker_actor broker_;
  std::shared_ptr<std::latch> broker_ended_ = std::make_shared<std::latch>(1);
  proto::router_actor router_;
  proto::door_actor door_;
  proto::scheduler_actor scheduler_;
  proto::runner_actor runner_;
  std::vector<std::unique_ptr<lane>> lanes_;
  std::optional<declarer> declarer_;
  std::optional<pulse> pulse_;
  std::optional<load_watch> load_;
  std::uint16_t cluster_port_ = 0;
  bool pools_running_ = false;
};

void wait_until_requested(const std::stop_token& stop) {
  std::binary_semaphore requested{0};
  const std::stop_callback tell{stop, [&requested] { requested.release(); }};
  requested.acquire();
}

} // namespace

int run_gateway(const process_options& options, local_pools* pools, const std::stop_token& stop) {
  try {
    process gateway{options, pools, open_store(options)};
    gateway.open();
    wait_until_requested(stop);
    gateway.drain();
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << std::endl;
    return 2;
  }
}

} // namespace squall::gateway
