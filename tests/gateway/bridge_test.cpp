#include "gateway/bridge.hpp"

#include "actors/queue/broker.hpp"
#include "actors/queue/memory_store.hpp"
#include "actors/router.hpp"
#include "proto/system_config.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

using namespace squall;
using namespace std::chrono_literals;

namespace {

/// An event loop that the test turns by hand.
class hand_loop {
public:
  gateway::bridge::loop way() {
    return {[this](std::function<void()> work) {
              std::lock_guard guard{mutex_};
              work_.push_back(std::move(work));
              changed_.notify_one();
            },
            [](const std::function<void()>& work) { work(); }};
  }

  /// Runs what is posted until `done`; false when that took too long.
  bool run_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!done()) {
      std::unique_lock guard{mutex_};
      if (!changed_.wait_until(guard, deadline, [this] { return !work_.empty(); })) return false;
      auto work = std::move(work_.front());
      work_.pop_front();
      guard.unlock();
      work();
    }
    return true;
  }

  /// Runs one piece of work that is posted.
  bool run_one() {
    int left = 2;
    return run_until([&left] { return --left == 0; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> work_;
};

/// An agent that gives the params back, and keeps calls of which the params are "keep".
proto::agent_actor::behavior_type mirror(proto::agent_actor::pointer self,
                                         proto::router_actor router,
                                         std::shared_ptr<std::uint64_t> number) {
  return {[=](const proto::call_batch& batch) {
    proto::result_batch answers;
    answers.worker = *number;
    for (const auto& call : batch.calls)
      if (call.params != "keep")
        answers.results.push_back({call.id, call.attempt, proto::errc::none, 1, call.params, {}});
    for (auto id : batch.cancelled)
      answers.results.push_back({id, 1, proto::errc::cancelled, 0, "cancelled", {}});
    self->send(router, std::move(answers));
  }};
}

struct sink final : gateway::answer_sink {
  std::map<std::uint64_t, proto::result> answers;
  void on_answer(std::uint64_t tag, proto::result&& answer) override {
    const bool first = answers.emplace(tag, std::move(answer)).second;
    CHECK(first);
  }
};

struct queue_answers final : gateway::queue_sink {
  std::map<std::uint64_t, proto::queue_answer> by_tag;
  void on_queue_answer(std::uint64_t tag, proto::queue_answer&& answer) override {
    const bool first = by_tag.emplace(tag, std::move(answer)).second;
    CHECK(first);
  }
};

struct rig {
  rig() {
    REQUIRE(bridge.attach());
    auto number = std::make_shared<std::uint64_t>(0);
    agent = system.spawn(mirror, router, number);
    proto::join_request request{{"w", "id", "host", 1, "0", false}, {}, agent};
    proto::kind_info kind;
    kind.name = "mirror";
    request.pools.push_back({kind, 100'000, 100'000});
    caf::scoped_actor self{system};
    self->request(router, 10s, std::move(request))
        .receive([&](const proto::join_answer& answer) { *number = answer.worker; },
                 [&](const caf::error& why) { FAIL(system.render(why)); });
    REQUIRE(loop.run_until([&] { return bridge.find_kind("mirror") != nullptr; }));
  }
  ~rig() {
    bridge.detach();
    caf::anon_send_exit(agent, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(router, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(broker, caf::exit_reason::user_shutdown);
  }

  proto::system_config config{proto::system_options{}};
  caf::actor_system system{config};
  proto::router_actor router = actors::router(system, {});
  proto::broker_actor broker = actors::broker(system, {actors::make_memory_store(1 << 20)});
  hand_loop loop;
  gateway::bridge bridge{system, router, broker, loop.way()};
  proto::agent_actor agent;
  sink got;
  queue_answers told;

  /// What a request to the queue `q` is answered with.
  const proto::queue_answer& ask(proto::queue_request request) {
    const auto tag = told.by_tag.size() + 1'000;
    bridge.queues().ask(std::move(request), told, tag);
    REQUIRE(loop.run_until([&] { return told.by_tag.count(tag) == 1; }));
    return told.by_tag.at(tag);
  }
};

proto::queue_request of_queue(proto::queue_op op, std::uint32_t timeout_ms = 0) {
  proto::queue_request request;
  request.op = op;
  request.queue = "q";
  request.timeout_ms = timeout_ms;
  if (op == proto::queue_op::put) request.items.push_back({"1", 5});
  return request;
}

gateway::call_request call(std::string params) {
  gateway::call_request request;
  request.kind = "mirror";
  request.params = std::move(params);
  return request;
}

} // namespace

TEST_CASE("every call of a bridge is answered once, with its own answer") {
  rig r;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    r.bridge.submit(call(std::to_string(i)), r.got, i);
    if (i % 97 == 0) r.loop.run_until([] { return true; });
  }
  REQUIRE(r.loop.run_until([&] { return r.got.answers.size() == 20'000; }));
  for (const auto& [tag, answer] : r.got.answers) {
    CHECK(answer.code == proto::errc::none);
    CHECK(answer.body == std::to_string(tag));
  }
}

TEST_CASE("a call that was cancelled is not answered any more") {
  rig r;
  const auto kept = r.bridge.submit(call("keep"), r.got, 1);
  r.bridge.submit(call("x"), r.got, 2);
  REQUIRE(r.loop.run_until([&] { return r.got.answers.count(2) == 1; }));
  r.bridge.cancel(kept);
  r.bridge.cancel(kept);
  r.bridge.submit(call("y"), r.got, 3);
  REQUIRE(r.loop.run_until([&] { return r.got.answers.count(3) == 1; }));
  CHECK(r.got.answers.count(1) == 0);
}

TEST_CASE("a bridge shows the cluster's state as its caller wants it") {
  rig r;
  r.bridge.inspect([](const proto::router_status& now) { return now.workers.at(0).who.name; },
                   r.got, 7);
  REQUIRE(r.loop.run_until([&] { return r.got.answers.count(7) == 1; }));
  CHECK(r.got.answers.at(7).body == "w");
}

TEST_CASE("calls that wait when their router is told to drain are answered") {
  rig r;
  r.bridge.submit(call("keep"), r.got, 1); // goes on after the drain's start
  caf::anon_send(r.router, proto::drain{60'000});
  r.bridge.submit(call("x"), r.got, 2);
  r.bridge.inspect(
      [](const proto::router_status& now) { return now.draining ? "draining" : "not"; }, r.got, 3);
  REQUIRE(r.loop.run_until([&] { return r.got.answers.size() == 2; }));
  CHECK(r.got.answers.at(2).code == proto::errc::none);
  CHECK(r.got.answers.at(3).body == "draining");
}

TEST_CASE("a kind that nobody offered is refused by name") {
  rig r;
  auto request = call("{}");
  request.kind = "nothing";
  r.bridge.submit(std::move(request), r.got, 1);
  REQUIRE(r.loop.run_until([&] { return r.got.answers.count(1) == 1; }));
  CHECK(r.got.answers.at(1).code == proto::errc::unknown_kind);
}

TEST_CASE("requests to queues are answered, each with its own answer") {
  using enum proto::queue_op;
  rig r;
  CHECK(r.ask(of_queue(define)).created);
  const auto ids = r.ask(of_queue(put)).ids;
  REQUIRE(ids.size() == 1);
  const auto& leased = r.ask(of_queue(lease));
  REQUIRE(leased.items.size() == 1);
  CHECK(leased.items[0].id == ids[0]);
  CHECK(leased.items[0].body == "1");
  CHECK(r.ask(of_queue(lease)).items.empty());
  auto done = of_queue(ack);
  done.lease = leased.items[0].lease;
  CHECK(r.ask(done).code == proto::errc::none);
  CHECK(r.ask(done).code == proto::errc::lease_lost);
}

TEST_CASE("an item that was leased for a request that is taken back goes back at once") {
  using enum proto::queue_op;
  rig r;
  r.ask(of_queue(define));
  r.ask(of_queue(put));
  const auto ticket = r.bridge.queues().ask(of_queue(lease, 60'000), r.told, 1);
  REQUIRE(r.loop.run_one()); // it leaves, and its answer is on its way
  r.bridge.queues().take_back(ticket);
  const auto& leased = r.ask(of_queue(lease, 10'000));
  REQUIRE(leased.items.size() == 1);
  CHECK(leased.items[0].attempt == 1);
  CHECK(r.told.by_tag.count(1) == 0);
}

TEST_CASE("leases go back with their holder, and with the bridge") {
  using enum proto::queue_op;
  rig r;
  r.ask(of_queue(define));
  r.ask(of_queue(put));
  auto held = of_queue(lease);
  held.holder = 9;
  CHECK(r.ask(held).items.size() == 1);
  r.bridge.queues().end_holder(9);
  CHECK(r.ask(of_queue(lease, 10'000)).items.size() == 1);

  hand_loop loop;
  gateway::bridge other{r.system, r.router, r.broker, loop.way()};
  REQUIRE(other.attach());
  queue_answers told;
  other.queues().ask(of_queue(lease, 60'000), told, 1);
  REQUIRE(loop.run_one());
  r.bridge.detach();
  REQUIRE(loop.run_until([&] { return told.by_tag.count(1) == 1; }));
  CHECK(told.by_tag.at(1).items.size() == 1);
  other.detach();
}
