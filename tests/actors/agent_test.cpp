#include "actors/agent.hpp"

#include "tests/actors/agent_handlers.hpp"

#include <atomic>
#include <future>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace squall;
using namespace squall::test;
using actors::handler;
using actors::outcome;
using actors::task;

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
  CHECK_FALSE(log->results_.empty());
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

TEST_CASE("a gateway is told how far a call is that asks for it, of both kinds of handlers") {
  handler computing = echo("computing");
  computing.run = [](const task& task) {
    if (task.progress) task.progress("[1]");
    while (!task.stop.stop_requested())
      std::this_thread::yield();
    return outcome::ok(task.progress ? "1" : "0");
  };
  actors::progress_teller kept;
  auto keep = std::make_shared<keeper>();
  auto waiting = kept_by(keep);
  waiting.start = [&kept, begin = waiting.start](const task& task, actors::completion done) {
    kept = task.progress;
    begin(task, std::move(done));
  };
  agent_fixture fixture{{{computing, 2}, {waiting, 1}}};
  auto [router, log] = fixture.add_gateway();
  auto asks = make_call(1, "computing");
  asks.tells_progress = true;
  auto waits = make_call(2, "kept");
  waits.tells_progress = true;
  caf::anon_send(router, proto::call_batch{{asks, waits, make_call(3, "computing")}, {}});
  log->wait([](auto& log) { return log.told_.contains(1); });
  REQUIRE(keep->started.try_acquire_for(patience));
  kept("[2]");
  log->wait([](auto& log) { return log.told_.contains(2); });
  keep->take(0)(outcome::ok("2"));
  CHECK(log->result(2).body == "2");
  kept("[3]");
  caf::anon_send(router, proto::call_batch{{}, {1, 3}});
  log->wait_answers(3);
  using told = std::map<std::uint64_t, std::vector<std::string>>;
  CHECK(log->told_ == told{{1, {"[1]"}}, {2, {"[2]"}}});
}
