#include "actors/pool.hpp"

#include "actors/in_place_actor.hpp"
#include "proto/system_config.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

using namespace squall;
using namespace squall::actors;

namespace {

/// Threads on which a pool's owner was told to collect.
using log_book = std::vector<std::thread::id>;

struct owner_state {
  static constexpr const char* name = "squall.test.owner";
  using pointer = caf::stateful_actor<owner_state, proto::pool_owner_actor::base>*;

  explicit owner_state(pointer) {}

  static proto::pool_owner_actor::behavior_type make_behavior(log_book* log) {
    return {[log](proto::pool_ready) { log->push_back(std::this_thread::get_id()); }};
  }
};

/// An I/O-bound pool whose handler answers when the test says so, and posts to the test's thread.
class rig {
  proto::system_config config_{proto::system_options{}};
  caf::actor_system system_{config_};

public:
  rig() {
    pool_spec spec;
    spec.slots = 4;
    spec.work.info.name = "test";
    spec.work.info.cpu_bound = false;
    spec.work.start = [this](const task&, completion done) { started.push_back(std::move(done)); };
    spec.work.post = [this](std::function<void()> what) { posted.push_back(std::move(what)); };
    using actor = in_place_actor<proto::pool_owner_actor, owner_state, log_book*>;
    owner = system_.spawn<actor, caf::lazy_init>(&log);
    pool = make_pool(system_, std::move(spec), 0, owner.address());
  }

  void call(std::size_t count) {
    std::vector<queued_call> calls(count);
    for (std::uint64_t id = 1; auto& each : calls) {
      each.id = id++;
      each.link = 1;
      each.deadline = steady::now() + std::chrono::minutes{1};
    }
    actors::pool::wake(pool, pool->queue.push(calls, steady::now()));
  }

  void turn() {
    for (auto& each : std::exchange(posted, {}))
      each();
  }

  void end_owner() {
    caf::scoped_actor self{system_};
    self->send_exit(owner, caf::exit_reason::user_shutdown);
    self->wait_for(std::exchange(owner, nullptr));
  }

  std::deque<completion> started;
  std::deque<std::function<void()>> posted;
  log_book log;
  proto::pool_owner_actor owner;
  std::shared_ptr<actors::pool> pool;
};

} // namespace

TEST_CASE("answers of one turn are announced at once, on the thread to which the handler posts") {
  rig r;
  r.call(2);
  REQUIRE(r.started.size() == 2);
  for (auto& done : r.started)
    done(outcome::ok("1"));
  CHECK(r.posted.size() == 1);
  CHECK(r.log.empty());
  r.turn();
  CHECK(r.log == log_book{std::this_thread::get_id()});
  const auto results = r.pool->queue.collect();
  REQUIRE(results.size() == 1);
  CHECK(results[0].results.size() == 2);
  r.end_owner();
}

TEST_CASE("an answer that comes when the owner is gone is announced to nobody") {
  rig r;
  r.call(1);
  r.end_owner();
  r.started.front()(outcome::ok("1"));
  r.turn();
  CHECK(r.log.empty());
}
