#pragma once

#include "actors/agent.hpp"
#include "proto/system_config.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace squall::test {

using namespace std::chrono_literals;

/// Most that a test waits for anything.
inline constexpr auto patience = 20s;

/// What a fake router was told; shared with the test's thread.
class router_log {
public:
  void joined(proto::join_request request) {
    std::lock_guard lock{mutex_};
    joins_.push_back(std::move(request));
    changed_.notify_all();
  }

  void told(const proto::result_batch& batch) {
    std::lock_guard lock{mutex_};
    ++batches_;
    for (auto& result : batch.results)
      results_[result.id].push_back(result);
    for (auto id : batch.returned)
      returned_.push_back(id);
    for (const auto& progress : batch.progress)
      told_[progress.id].push_back(progress.body);
    for (auto& grant : batch.grants)
      windows_[grant.kind] = grant.window;
    changed_.notify_all();
  }

  void changed(std::vector<proto::pool_offer> pools) {
    std::lock_guard lock{mutex_};
    returned_at_change_ = returned_.size();
    offers_.push_back(std::move(pools));
    changed_.notify_all();
  }

  void left() {
    std::lock_guard lock{mutex_};
    ++leaves_;
    changed_.notify_all();
  }

  /// Waits until `enough` holds; fails the test when it never does.
  template <class F>
  void wait(F enough) {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, patience, [&] { return enough(*this); }));
  }

  void wait_answers(std::size_t count) {
    wait([count](auto& log) { return log.results_.size() + log.returned_.size() >= count; });
  }

  proto::result result(std::uint64_t id) {
    wait([id](auto& log) { return log.results_.contains(id); });
    std::lock_guard lock{mutex_};
    REQUIRE(results_[id].size() == 1);
    return results_[id].front();
  }

  // Read these inside `wait`, or when nothing happens any more.
  std::vector<proto::join_request> joins_;
  std::vector<std::vector<proto::pool_offer>> offers_; ///< changes
  std::size_t returned_at_change_ = 0;                 ///< had come before the last change
  std::map<std::uint64_t, std::vector<proto::result>> results_;
  std::vector<std::uint64_t> returned_;
  std::map<std::uint64_t, std::vector<std::string>> told_; ///< progress
  std::map<std::string, std::uint32_t> windows_;
  std::size_t batches_ = 0;
  std::size_t leaves_ = 0;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

/// A router that writes down what agents tell it, and sends what the test tells it to send.
using fake_router = proto::router_port::extend<caf::reacts_to<proto::call_batch>>;

inline fake_router::behavior_type fake_router_behavior(fake_router::pointer self,
                                                       std::shared_ptr<router_log> log,
                                                       std::uint64_t worker) {
  auto agent = std::make_shared<proto::agent_actor>();
  return {
      [=](proto::join_request& request) {
        *agent = request.agent;
        log->joined(std::move(request));
        return proto::join_answer{worker, "gateway", {}};
      },
      [=](const proto::result_batch& batch) {
        CHECK(batch.worker == worker);
        log->told(batch);
      },
      [=](const proto::leave& leave) {
        CHECK(leave.worker == worker);
        log->left();
      },
      [=](proto::offer_change& change) {
        CHECK(change.worker == worker);
        log->changed(std::move(change.pools));
      },
      [=](proto::call_batch& batch) { self->send(*agent, std::move(batch)); },
  };
}

inline proto::call make_call(std::uint64_t id, std::string kind, std::string params = "{}",
                             std::uint32_t time_left_ms = 60'000) {
  return {id, 1, time_left_ms, 0, std::move(kind), std::move(params)};
}

/// An actor system with one agent, and gateways for it.
class agent_fixture {
public:
  explicit agent_fixture(std::vector<actors::pool_spec> pools, std::size_t threads = 4)
      : config_{proto::system_options{threads, false, {}}}, system_{config_} {
    actors::agent_options options;
    options.who.name = "tested";
    options.pools = std::move(pools);
    agent = actors::agent(system_, std::move(options));
  }

  ~agent_fixture() {
    caf::anon_send_exit(agent, caf::exit_reason::user_shutdown);
    for (auto& router : routers_)
      caf::anon_send_exit(router, caf::exit_reason::user_shutdown);
  }

  agent_fixture(const agent_fixture&) = delete;
  agent_fixture& operator=(const agent_fixture&) = delete;

  /// Adds a gateway and has the agent join it.
  std::pair<fake_router, std::shared_ptr<router_log>> add_gateway() {
    auto log = std::make_shared<router_log>();
    auto router = system_.spawn(fake_router_behavior, log, routers_.size() + 1);
    routers_.push_back(router);
    REQUIRE(actors::join_local(system_, agent, router));
    return {router, log};
  }

  caf::actor_system& system() { return system_; }

  proto::local_agent_actor agent;

private:
  proto::system_config config_;
  caf::actor_system system_;
  std::vector<fake_router> routers_;
};

} // namespace squall::test
