#include "actors/agent.hpp"

#include "tests/actors/fake_router.hpp"

#include <atomic>
#include <future>
#include <semaphore>
#include <stdexcept>

namespace {

using namespace squall;
using namespace squall::test;
using actors::handler;
using actors::outcome;
using actors::task;

/// A kind that answers with its params at once.
handler echo(std::string name = "echo") {
  handler made;
  made.info.name = std::move(name);
  made.run = [](const task& task) { return outcome::ok(std::string{task.params}); };
  return made;
}

/// A gate that calls run into, and that the test opens.
struct gate {
  std::counting_semaphore<> entered{0};
  std::promise<void> opened;
  std::shared_future<void> open = opened.get_future();

  void wait_entered() { REQUIRE(entered.try_acquire_for(patience)); }
};

/// A kind whose calls with the params "wait" hold their slot until the gate opens or they are
/// stopped.
handler gated(std::shared_ptr<gate> at) {
  auto made = echo("gated");
  made.run = [at](const task& task) {
    if (task.params == "wait") {
      at->entered.release();
      while (at->open.wait_for(1ms) != std::future_status::ready && !task.stop.stop_requested()) {
      }
    }
    return outcome::ok(std::string{task.params});
  };
  return made;
}

/// A kind that waits: keeps its completions for the test.
struct keeper {
  std::mutex mutex;
  std::vector<actors::completion> kept;
  std::vector<std::stop_token> stops;
  std::counting_semaphore<> started{0};

  actors::completion take(std::size_t index) {
    std::lock_guard lock{mutex};
    return std::exchange(kept.at(index), nullptr);
  }
};

handler kept_by(std::shared_ptr<keeper> keeper) {
  handler made;
  made.info.name = "kept";
  made.info.cpu_bound = false;
  made.start = [keeper](const task& task, actors::completion done) {
    std::lock_guard lock{keeper->mutex};
    keeper->kept.push_back(std::move(done));
    keeper->stops.push_back(task.stop);
    keeper->started.release();
  };
  return made;
}

proto::call_batch batch_of(std::uint64_t first, std::uint64_t count, const std::string& kind) {
  proto::call_batch batch;
  for (std::uint64_t id = first; id < first + count; ++id)
    batch.calls.push_back(make_call(id, kind, std::to_string(id)));
  return batch;
}

proto::call_batch one_call(proto::call call) {
  return {{std::move(call)}, {}};
}

bool drained(agent_fixture& fixture, std::uint32_t within_ms) {
  caf::scoped_actor self{fixture.system()};
  bool answer = false;
  self->request(fixture.agent, caf::infinite, proto::drain{within_ms})
      .receive([&](bool finished) { answer = finished; },
               [&](const caf::error& why) { FAIL(fixture.system().render(why)); });
  return answer;
}

} // namespace

TEST_CASE("an agent offers its pools when it joins") {
  agent_fixture fixture{{{echo(), 2}, {kept_by(std::make_shared<keeper>()), 100}}};
  auto [router, log] = fixture.add_gateway();
  log->wait([](auto& log) { return log.joins_.size() == 1; });
  auto& join = log->joins_.front();
  CHECK(join.who.name == "tested");
  REQUIRE(join.pools.size() == 2);
  CHECK(join.pools[0].kind.name == "echo");
  CHECK(join.pools[0].window == 2);
  CHECK(join.pools[1].slots == 100);
  CHECK(join.pools[1].window == 100);
}

TEST_CASE("an agent answers every call exactly once") {
  agent_fixture fixture{{{echo(), 2}}};
  auto [router, log] = fixture.add_gateway();
  constexpr std::uint64_t total = 20'000;
  for (std::uint64_t id = 1; id <= total; id += 100)
    caf::anon_send(router, batch_of(id, 100, "echo"));
  log->wait_answers(total);
  // On a machine that stands still for a moment some calls may come back unrun.
  for (auto id : log->returned_)
    CHECK_FALSE(log->results_.contains(id));
  CHECK(log->results_.size() > total / 2);
  for (auto& [id, results] : log->results_) {
    REQUIRE(results.size() == 1);
    REQUIRE(results[0].code == proto::errc::none);
    REQUIRE(results[0].attempt == 1);
    REQUIRE(results[0].body == std::to_string(id));
  }
  CHECK(log->batches_ < total / 4);
  // Short calls are granted far ahead of the slots.
  log->wait([](auto& log) { return log.windows_["echo"] > 100; });
}

TEST_CASE("an agent answers a call of a kind that it has no pool for") {
  agent_fixture fixture{{{echo(), 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, one_call(make_call(1, "other")));
  CHECK(log->result(1).code == proto::errc::unknown_kind);
}

TEST_CASE("what a handler throws becomes a failed task") {
  handler bad = echo("bad");
  bad.run = [](const task& task) -> outcome {
    if (task.params == "1") throw std::runtime_error{"no luck"};
    throw 42;
  };
  handler bad_start;
  bad_start.info.name = "bad_start";
  bad_start.info.cpu_bound = false;
  bad_start.start = [](const task&, const actors::completion&) {
    throw std::runtime_error{"no start"};
  };
  agent_fixture fixture{{{bad, 1}, {bad_start, 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, batch_of(1, 2, "bad"));
  caf::anon_send(router, one_call(make_call(3, "bad_start")));
  CHECK(log->result(1).code == proto::errc::task_failed);
  CHECK(log->result(1).body == "no luck");
  CHECK(log->result(2).code == proto::errc::task_failed);
  CHECK(log->result(3).body == "no start");
}

TEST_CASE("a call that runs long delays no other one while a slot is free") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 2}}};
  auto [router, log] = fixture.add_gateway();
  auto batch = batch_of(2, 100, "gated");
  batch.calls.insert(batch.calls.begin(), make_call(1, "gated", "wait"));
  caf::anon_send(router, batch);
  log->wait([](auto& log) { return log.results_.size() + log.returned_.size() == 100; });
  CHECK_FALSE(log->results_.contains(1));
  CHECK(log->results_.size() > 0);
  at->opened.set_value();
  CHECK(log->result(1).code == proto::errc::none);
}

TEST_CASE("finished calls are answered even when the next one is longer than expected") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, batch_of(1, 50, "gated"));
  log->wait_answers(50);
  auto batch = batch_of(51, 3, "gated");
  batch.calls.push_back(make_call(99, "gated", "wait"));
  caf::anon_send(router, batch);
  log->wait_answers(53);
  CHECK_FALSE(log->results_.contains(99));
  at->opened.set_value();
  CHECK(log->result(99).code == proto::errc::none);
}

TEST_CASE("calls behind a long one are given back, with a smaller window") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, batch_of(100, 200, "gated"));
  log->wait_answers(200);
  log->wait([](auto& log) { return log.windows_["gated"] > 10; });
  auto batch = one_call(make_call(1, "gated", "wait"));
  batch.calls.push_back(make_call(2, "gated"));
  batch.calls.push_back(make_call(3, "gated"));
  caf::anon_send(router, batch);
  log->wait([](auto& log) { return log.returned_.size() == 2 && log.windows_["gated"] == 1; });
  at->opened.set_value();
  CHECK(log->result(1).code == proto::errc::none);
  log->wait([](auto& log) { return log.windows_["gated"] >= 1; });
  caf::anon_send(router, one_call(make_call(4, "gated")));
  CHECK(log->result(4).code == proto::errc::none);
}

TEST_CASE("a cancelled call is not run when it waits, and asked to stop when it runs") {
  auto at = std::make_shared<gate>();
  std::atomic<int> ran = 0;
  auto work = gated(at);
  work.run = [run = work.run, &ran](const task& task) {
    ++ran;
    return run(task);
  };
  agent_fixture fixture{{{work, 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, one_call(make_call(1, "gated", "wait")));
  at->wait_entered();
  proto::call_batch batch = one_call(make_call(2, "gated"));
  batch.cancelled = {2, 1};
  caf::anon_send(router, batch);
  CHECK(log->result(2).code == proto::errc::cancelled);
  CHECK(log->result(1).code == proto::errc::cancelled);
  CHECK(ran == 1);
}

TEST_CASE("a call's deadline counts from its arrival, before and while it runs") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, one_call(make_call(1, "gated", "{}", 0)));
  CHECK(log->result(1).code == proto::errc::deadline_exceeded);
  CHECK(log->result(1).run_us == 0);
  caf::anon_send(router, one_call(make_call(2, "gated", "wait", 30)));
  CHECK(log->result(2).code == proto::errc::deadline_exceeded);
  CHECK(log->result(2).run_us >= 29'000);
}

TEST_CASE("a kind that waits runs as many calls as it has slots, and then the next ones") {
  auto keep = std::make_shared<keeper>();
  agent_fixture fixture{{{kept_by(keep), 2}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, batch_of(1, 2, "kept"));
  REQUIRE(keep->started.try_acquire_for(patience));
  REQUIRE(keep->started.try_acquire_for(patience));
  caf::anon_send(router, batch_of(3, 1, "kept"));
  keep->take(0)(outcome::ok("first"));
  CHECK(log->result(1).body == "first");
  log->wait([](auto& log) { return log.returned_.size() == 1 || log.results_.size() == 1; });
  keep->take(1)(outcome::fail(proto::errc::not_found, "gone"));
  CHECK(log->result(2).code == proto::errc::not_found);
}

TEST_CASE("a kind that waits may answer within its start, or forget to") {
  handler made;
  made.info.name = "odd";
  made.info.cpu_bound = false;
  made.start = [](const task& task, const actors::completion& done) {
    if (task.params != "1") done(outcome::ok("now"));
  };
  agent_fixture fixture{{{made, 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, batch_of(1, 2, "odd"));
  CHECK(log->result(1).code == proto::errc::internal);
  CHECK(log->result(2).body == "now");
}

TEST_CASE("cancelling a call that waits stops it, and the handler's late answer changes nothing") {
  auto keep = std::make_shared<keeper>();
  agent_fixture fixture{{{kept_by(keep), 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, batch_of(1, 1, "kept"));
  REQUIRE(keep->started.try_acquire_for(patience));
  std::promise<void> stopped;
  std::stop_callback on_stop{keep->stops[0], [&] { stopped.set_value(); }};
  caf::anon_send(router, proto::call_batch{{}, {1}});
  REQUIRE(stopped.get_future().wait_for(patience) == std::future_status::ready);
  auto done = keep->take(0);
  done(outcome::ok("late"));
  done(outcome::ok("again"));
  CHECK(log->result(1).code == proto::errc::cancelled);
}

TEST_CASE("two gateways share an agent, and what one has the other may not have") {
  auto keep = std::make_shared<keeper>();
  agent_fixture fixture{{{kept_by(keep), 8}}};
  auto [first, first_log] = fixture.add_gateway();
  auto [second, second_log] = fixture.add_gateway();
  first_log->wait([](auto& log) { return log.windows_["kept"] == 4; });
  CHECK(second_log->joins_.front().pools.front().window == 4);
  caf::anon_send(first, batch_of(1, 4, "kept"));
  second_log->wait([](auto& log) { return log.windows_["kept"] == 2; });
  first_log->wait([](auto& log) { return log.windows_["kept"] == 6; });
  caf::anon_send(second, batch_of(1, 1, "kept"));
  for (int i = 0; i < 5; ++i)
    REQUIRE(keep->started.try_acquire_for(patience));
  for (std::size_t i = 0; i < 5; ++i)
    keep->take(i)(outcome::ok("1"));
  first_log->wait_answers(4);
  second_log->wait_answers(1);
  CHECK(second_log->result(1).code == proto::errc::none);
}

TEST_CASE("a lost gateway's calls are stopped, and its share goes to the others") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [first, first_log] = fixture.add_gateway();
  auto [second, second_log] = fixture.add_gateway();
  caf::anon_send(first, one_call(make_call(1, "gated", "wait")));
  at->wait_entered();
  caf::anon_send_exit(first, caf::exit_reason::kill);
  caf::anon_send(second, one_call(make_call(1, "gated")));
  second_log->wait_answers(1);
  if (!second_log->returned_.empty()) {
    second_log->wait([](auto& log) { return log.windows_["gated"] == 1; });
    caf::anon_send(second, one_call(make_call(2, "gated")));
    CHECK(second_log->result(2).code == proto::errc::none);
  }
}

TEST_CASE("a draining agent leaves its gateways, finishes what it has, and says so") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, one_call(make_call(1, "gated", "wait")));
  at->wait_entered();
  auto end = std::async(std::launch::async, [&] { return drained(fixture, 20'000); });
  log->wait([](auto& log) { return log.leaves_ == 1; });
  CHECK(log->results_.empty());
  at->opened.set_value();
  CHECK(end.get());
  CHECK(log->result(1).code == proto::errc::none);
}

TEST_CASE("a drain that takes too long says that something was left") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, one_call(make_call(1, "gated", "wait")));
  at->wait_entered();
  CHECK_FALSE(drained(fixture, 50));
}

TEST_CASE("an agent without gateways drains at once, and joins no gateway afterwards") {
  agent_fixture fixture{{{echo(), 1}}};
  CHECK(drained(fixture, 20'000));
  auto log = std::make_shared<router_log>();
  auto router = fixture.system().spawn(fake_router_behavior, log, std::uint64_t{1});
  CHECK_FALSE(actors::join_local(fixture.system(), fixture.agent, router));
  caf::anon_send_exit(router, caf::exit_reason::user_shutdown);
}

TEST_CASE("joining a gateway twice gives the first answer again") {
  agent_fixture fixture{{{echo(), 1}}};
  auto [router, log] = fixture.add_gateway();
  auto again = actors::join_local(fixture.system(), fixture.agent, router);
  REQUIRE(again);
  CHECK(again->worker == 1);
  CHECK(log->joins_.size() == 1);
}
