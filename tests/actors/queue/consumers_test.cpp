#include "actors/queue/consumers.hpp"

#include "actors/queue/broker.hpp"
#include "actors/queue/memory_store.hpp"
#include "tests/actors/agent_handlers.hpp"

#include <future>
#include <optional>

using namespace squall;
using namespace squall::test;
using proto::errc;
using proto::queue_op;

namespace {

/// A gateway's queues, with somebody who asks them.
class queues {
public:
  explicit queues(caf::actor_system& system, std::string name)
      : broker{actors::broker(system, {actors::make_memory_store(64 << 20)})},
        name_{std::move(name)}, self_{system} {}
  ~queues() { end(); }
  queues(const queues&) = delete;
  queues& operator=(const queues&) = delete;

  void end() const { caf::anon_send_exit(broker, caf::exit_reason::kill); }

  /// Without an answer within the test's patience the test fails.
  proto::queue_answer ask(queue_op op, const std::function<void(proto::queue_request&)>& say) {
    proto::queue_batch batch;
    auto& request = batch.requests.emplace_back();
    request.id = ++last_id_;
    request.op = op;
    request.queue = "jobs";
    say(request);
    self_->send(broker, std::move(batch));
    std::optional<proto::queue_answer> found;
    self_->receive([&](proto::queue_answers& batch) { found = std::move(batch.answers.at(0)); },
                   caf::after(patience) >> [] { FAIL("no answer"); });
    return std::move(*found);
  }

  void define(const proto::queue_settings& settings) {
    ask(queue_op::define, [&](auto& request) { request.settings = settings; });
  }

  void put(const std::vector<std::string>& bodies) {
    auto answer = ask(queue_op::put, [&](auto& request) {
      for (auto& body : bodies)
        request.items.push_back({body, 5});
    });
    REQUIRE(answer.code == errc::none);
  }

  errc join(std::chrono::milliseconds within = patience) {
    return ask(queue_op::join,
               [&](auto& request) {
                 request.timeout_ms = static_cast<std::uint32_t>(within.count());
               })
        .code;
  }

  proto::queue_stats stats() {
    return ask(queue_op::stats, [](auto&) {}).stats.at(0);
  }

  std::vector<proto::dead_item> dead() {
    return ask(queue_op::dead, [](auto& request) { request.count = 100; }).dead;
  }

  proto::broker_found found() const { return {name_, broker}; }

  proto::broker_actor broker;

private:
  std::string name_;
  caf::scoped_actor self_;
  std::uint64_t last_id_ = 0;
};

struct fixture {
  explicit fixture(handler work, std::uint32_t slots)
      : config{proto::system_options{4, false, {}}}, system{config},
        consumers{actors::consumers(system, {"jobs", {std::move(work), slots}})} {
    first.define({});
    second.define({});
  }

  ~fixture() { caf::anon_send_exit(consumers, caf::exit_reason::user_shutdown); }

  void join(const queues& at) const { caf::anon_send(consumers, at.found()); }

  bool drain(std::chrono::milliseconds within) {
    bool finished = false;
    caf::scoped_actor self{system};
    self->request(consumers, caf::infinite,
                  proto::drain{static_cast<std::uint32_t>(within.count())})
        .receive([&](bool all) { finished = all; },
                 [&](const caf::error& why) { FAIL(system.render(why)); });
    return finished;
  }

  proto::system_config config;
  caf::actor_system system;
  proto::consumers_actor consumers;
  queues first{system, "first"};
  queues second{system, "second"};
};

std::vector<std::string> numbers(std::size_t count) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(std::to_string(i));
  return made;
}

} // namespace

TEST_CASE("consumers run every item of a queue once, and ack it") {
  std::mutex mutex;
  std::map<std::string, int> ran;
  auto work = echo();
  work.run = [&](const task& task) {
    std::lock_guard lock{mutex};
    ++ran[std::string{task.params}];
    return outcome::ok("true");
  };
  fixture f{work, 3};
  f.first.put(numbers(500));
  f.join(f.first);
  f.first.put(numbers(500));
  CHECK(f.first.join() == errc::none);
  auto books = f.first.stats();
  CHECK(books.total_put == 1'000);
  CHECK(books.total_acked == 1'000);
  CHECK(books.total_expired == 0);
  CHECK(ran.size() == 500);
  CHECK(std::ranges::all_of(ran, [](auto& each) { return each.second == 2; }));
}

TEST_CASE("an item that fails too often is dead, with every attempt's error") {
  auto work = echo();
  work.run = [](const task& task) {
    return outcome::fail(errc::task_failed, "no " + std::string{task.params});
  };
  fixture f{work, 2};
  proto::queue_settings settings;
  settings.max_attempts = 3;
  settings.backoff_ms = 1;
  f.first.define(settings);
  f.first.put({"1", "2"});
  f.join(f.first);
  CHECK(f.first.join() == errc::none);
  auto dead = f.first.dead();
  REQUIRE(dead.size() == 2);
  for (auto& item : dead) {
    REQUIRE(item.attempts.size() == 3);
    for (auto& attempt : item.attempts)
      CHECK(attempt.error == "task_failed: no " + item.body);
  }
  CHECK(f.first.stats().total_nacked == 6);
}

TEST_CASE("a lease lasts as long as its handler runs") {
  auto at = std::make_shared<gate>();
  fixture f{gated(at), 1};
  proto::queue_settings settings;
  settings.lease_ms = 100;
  f.first.define(settings);
  f.first.put({"wait"});
  f.join(f.first);
  at->wait_entered();
  CHECK(f.first.join(500ms) == errc::deadline_exceeded);
  at->opened.set_value();
  CHECK(f.first.join() == errc::none);
  auto books = f.first.stats();
  CHECK(books.total_leased == 1);
  CHECK(books.total_acked == 1);
  CHECK(books.total_expired == 0);
}

TEST_CASE("one slot consumes from two gateways") {
  fixture f{echo(), 1};
  f.join(f.first);
  f.join(f.second);
  f.first.put(numbers(200));
  f.second.put(numbers(200));
  CHECK(f.first.join() == errc::none);
  CHECK(f.second.join() == errc::none);
}

TEST_CASE("the items of a gateway that is gone are stopped, and the others' go on") {
  auto at = std::make_shared<gate>();
  fixture f{gated(at), 1};
  f.first.put({"wait"});
  f.join(f.first);
  at->wait_entered();
  f.join(f.second);
  f.first.end();
  f.second.put({"1"});
  CHECK(f.second.join() == errc::none);
}

TEST_CASE("a gateway that comes back with another handle is consumed again") {
  fixture f{echo(), 1};
  f.join(f.first);
  f.first.put({"1"});
  CHECK(f.first.join() == errc::none);
  queues again{f.system, "first"};
  f.join(again);
  again.define({});
  again.put({"1"});
  CHECK(again.join() == errc::none);
}

TEST_CASE("consumers that drain finish and ack what they hold, and lease nothing more") {
  auto at = std::make_shared<gate>();
  fixture f{gated(at), 2};
  f.first.put({"wait"});
  f.join(f.first);
  at->wait_entered();
  auto end = std::async(std::launch::async, [&] { return f.drain(patience); });
  // Its waiting request is taken back.
  auto until = std::chrono::steady_clock::now() + patience;
  while (f.first.stats().getters > 0)
    REQUIRE(std::chrono::steady_clock::now() < until);
  f.first.put({"1"});
  at->opened.set_value();
  CHECK(end.get());
  auto books = f.first.stats();
  CHECK(books.total_acked == 1);
  CHECK(books.ready == 1);
  CHECK(books.leased == 0);
}

TEST_CASE("a drain of consumers that takes too long says so, and their end gives items back") {
  auto at = std::make_shared<gate>();
  fixture f{gated(at), 1};
  f.first.put({"wait"});
  f.join(f.first);
  at->wait_entered();
  CHECK_FALSE(f.drain(20ms));
  CHECK(f.first.stats().leased == 1);
  caf::anon_send_exit(f.consumers, caf::exit_reason::user_shutdown);
  auto leased = f.first.ask(queue_op::lease, [](auto& request) {
    request.timeout_ms = static_cast<std::uint32_t>(patience / 1ms);
  });
  REQUIRE(leased.items.size() == 1);
  CHECK(leased.items[0].attempt == 2);
}
