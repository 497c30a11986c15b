#include "workers/worker_process.hpp"

#include "actors/joiner_membership.hpp"
#include "workers/crew.hpp"

#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace squall::workers {
namespace {

proto::system_options system_for(const worker_options& options) {
  proto::system_options made;
  made.network = true;
  made.tls = options.tls;
  return made;
}

/// Looks every now and then whether the crew is alive, on a thread of its own; tells only when it
/// is. For an answer it has twice as long as between two looks. Must end before the crew.
class pulse {
public:
  pulse(crew& watched, const worker_observer& told)
      : thread_{[&watched, told](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any never;
          std::unique_lock lock{mutex};
          do {
            if (watched.alive(2 * told.alive_every)) told.alive();
            never.wait_for(lock, stop, told.alive_every, [] { return false; });
          } while (!stop.stop_requested());
        }} {}

private:
  std::jthread thread_;
};

} // namespace

struct worker_process::parts {
  parts(worker_options given, const registry& kinds)
      : options{std::move(given)}, config{system_for(options)}, system{config} {
    auto who = describe_process(options.name, false);
    proto::greeting hello{options.protocol, who.software, who.name};
    spdlog::info("worker \"{}\" (pid {}) starts", who.name, who.pid);
    jobs.emplace(system, std::move(who), options.pools, options.consumes, kinds);
    auto count = options.told.membership
                     ? std::make_shared<actors::join_count>(options.told.membership)
                     : nullptr;
    membership =
        system.spawn(actors::membership,
                     actors::membership_options{options.gateways, jobs->agent(), std::move(hello),
                                                options.timing, std::move(count)});
    if (options.told.alive && options.told.alive_every.count() > 0)
      heart.emplace(*jobs, options.told);
  }

  ~parts() { end_membership(); }

  void end_membership() {
    if (!membership) return;
    caf::scoped_actor self{system};
    self->send_exit(membership, caf::exit_reason::user_shutdown);
    self->wait_for(membership);
    membership = nullptr;
  }

  /// Why it was refused; nothing when it was not.
  std::string change(const work_orders& orders) {
    const auto what = changed_work({options.pools, options.consumes}, orders);
    if (what.empty()) {
      spdlog::info("the pools and consumed queues are as they were");
      return {};
    }
    try {
      const bool all = jobs->change(orders.pools, orders.consumes);
      spdlog::info("changed: {}", what);
      if (!all) spdlog::warn("a gateway has not confirmed the change; it learns it when it can");
    } catch (const std::invalid_argument& error) {
      spdlog::error("not changed: {}", error.what());
      return error.what();
    } catch (const std::runtime_error& error) {
      spdlog::critical("the change has failed, this worker ends: {}", error.what());
      broken = true;
      return error.what();
    }
    options.pools = orders.pools;
    options.consumes = orders.consumes;
    return {};
  }

  bool drain() {
    end_membership();
    return jobs->drain(options.drain);
  }

  worker_options options;
  proto::system_config config;
  caf::actor_system system;
  std::optional<crew> jobs;
  proto::membership_actor membership;
  bool broken = false;        ///< its agent is no more
  std::optional<pulse> heart; ///< last: it looks at the crew
};

worker_process::worker_process(worker_options options, const registry& kinds)
    : parts_{std::make_unique<parts>(std::move(options), kinds)} {}

worker_process::~worker_process() = default;

std::optional<worker_process::wanted_change> worker_process::wait() {
  std::unique_lock lock{mutex_};
  told_.wait(lock, [this] { return stopped_ || change_; });
  if (stopped_) return {};
  return std::exchange(change_, {});
}

bool worker_process::run() {
  while (const auto next = parts_->broken ? std::nullopt : wait())
    next->done(parts_->change(next->orders));
  if (!parts_->broken && parts_->drain()) {
    parts_.reset();
    return true;
  }
  // The actor system's end would wait for handlers that go on computing. Kept reachable, so that
  // nothing takes it for lost memory.
  static parts* abandoned = nullptr;
  abandoned = parts_.release();
  abandoned->heart.reset();
  abandoned->jobs->kill();
  return false;
}

void worker_process::change(work_orders orders, std::function<void(const std::string&)> done) {
  const std::lock_guard lock{mutex_};
  change_ = {std::move(orders), std::move(done)};
  told_.notify_one();
}

void worker_process::stop() {
  const std::lock_guard lock{mutex_};
  stopped_ = true;
  told_.notify_one();
}

} // namespace squall::workers
