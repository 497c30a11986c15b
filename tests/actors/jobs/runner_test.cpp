// A runner with a real broker, a real router and pools: what becomes of jobs that are put.
#include "actors/jobs/runner.hpp"

#include "actors/queue/broker.hpp"
#include "actors/queue/memory_store.hpp"
#include "actors/router.hpp"
#include "tests/actors/agent_handlers.hpp"

#include <future>
#include <optional>

using namespace squall;
using namespace squall::test;
using actors::pool_spec;
using proto::errc;
using proto::item_state;
using proto::queue_op;

namespace {

/// A gateway without its clients, and somebody who asks its queues.
class gateway {
public:
  explicit gateway(actors::runner_limits limits = {}) {
    runner = actors::runner(system, {std::move(limits), router, broker});
  }
  ~gateway() {
    for (auto& each : workers_)
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    end_runner();
    caf::anon_send_exit(router, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(broker, caf::exit_reason::user_shutdown);
  }
  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  void end_runner() {
    caf::scoped_actor self{system};
    self->send_exit(runner, caf::exit_reason::user_shutdown);
    self->wait_for(runner);
  }

  proto::local_agent_actor join(const std::string& name, std::vector<pool_spec> pools) {
    actors::agent_options options;
    options.who.name = name;
    options.who.id = "incarnation of " + name;
    options.pools = std::move(pools);
    workers_.push_back(actors::agent(system, std::move(options)));
    REQUIRE(actors::join_local(system, workers_.back(), router));
    return workers_.back();
  }
  static void kill(const proto::local_agent_actor& worker) {
    caf::anon_send_exit(worker, caf::exit_reason::kill);
  }

  /// Without an answer within the test's patience the test fails.
  proto::queue_answer ask(proto::queue_request request) {
    proto::queue_batch batch;
    request.id = ++last_id_;
    batch.requests.push_back(std::move(request));
    self_->send(broker, std::move(batch));
    std::optional<proto::queue_answer> found;
    self_->receive([&](proto::queue_answers& batch) { found = std::move(batch.answers.at(0)); },
                   caf::after(patience) >> [] { FAIL("no answer"); });
    return std::move(*found);
  }

  std::vector<proto::job_id> put(const std::string& kind, const std::vector<std::string>& params,
                                 const std::string& queue = "default", std::uint32_t timeout = 0) {
    proto::queue_request request;
    request.op = queue_op::put;
    request.queue = queue;
    request.create = true;
    for (const auto& each : params) {
      auto& item = request.items.emplace_back();
      item.body = each;
      item.job.kind = kind;
      item.job.timeout_ms = timeout;
    }
    const auto answer = ask(std::move(request));
    CHECK(answer.code == errc::none);
    std::vector<proto::job_id> ids;
    for (const auto& job : answer.jobs)
      ids.push_back(job.id);
    return ids;
  }

  /// The job as soon as it is ended.
  proto::job_view ended(const proto::job_id& id) { return look(id, patience); }
  proto::job_view look(const proto::job_id& id, std::chrono::milliseconds wait = 0ms) {
    proto::queue_request request;
    request.op = queue_op::job_get;
    request.jobs = {id};
    request.timeout_ms = static_cast<std::uint32_t>(wait.count());
    auto answer = ask(std::move(request));
    REQUIRE(answer.jobs.size() == 1);
    return answer.jobs.front();
  }
  void cancel(const proto::job_id& id) {
    proto::queue_request request;
    request.op = queue_op::job_cancel;
    request.jobs = {id};
    const auto answer = ask(std::move(request));
    CHECK(answer.code == errc::none);
  }
  proto::queue_stats stats(const std::string& queue = "default") {
    proto::queue_request request;
    request.op = queue_op::stats;
    request.queue = queue;
    return ask(std::move(request)).stats.at(0);
  }

  bool drain(std::chrono::milliseconds within) {
    bool finished = false;
    caf::scoped_actor self{system};
    self->request(runner, caf::infinite, proto::drain{static_cast<std::uint32_t>(within.count())})
        .receive([&](bool all) { finished = all; },
                 [&](const caf::error& why) { FAIL(system.render(why)); });
    return finished;
  }

  proto::system_config config{proto::system_options{4, false, {}}};
  caf::actor_system system{config};
  proto::broker_actor broker = actors::broker(system, {actors::make_memory_store(64 << 20)});
  proto::router_actor router = actors::router(system, {"gateway", {}, {}, broker});
  proto::runner_actor runner;

private:
  std::vector<proto::local_agent_actor> workers_;
  caf::scoped_actor self_{system};
  std::uint64_t last_id_ = 0;
};

template <class F>
void until(F holds) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!holds())
    REQUIRE(std::chrono::steady_clock::now() < end);
}

std::vector<std::string> numbers(std::size_t count) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(std::to_string(i));
  return made;
}

} // namespace

TEST_CASE("every job is run once by its kind, and keeps its result and the worker's name") {
  gateway g;
  g.join("w1", {{echo("one"), 2}, {echo("two"), 3}});
  const auto params = numbers(500);
  auto ones = g.put("one", params);
  auto twos = g.put("two", params);
  for (const auto* ids : {&ones, &twos})
    for (std::size_t i = 0; i < params.size(); ++i) {
      const auto job = g.ended(ids->at(i));
      REQUIRE(job.state == item_state::done);
      REQUIRE(job.result == params[i]);
      REQUIRE(job.worker == "w1");
      REQUIRE(job.attempt == 1);
    }
  CHECK(g.stats().total_acked == 1'000);
}

TEST_CASE("a job whose kind nobody offers waits for a worker that does") {
  gateway g;
  auto job = g.put("late", {"1"}).at(0);
  g.join("w1", {{echo("other"), 2}});
  g.ended(g.put("other", {"1"}).at(0));
  CHECK(g.look(job).state == item_state::ready);
  g.join("w2", {{echo("late"), 1}});
  CHECK(g.ended(job).worker == "w2");
}

TEST_CASE("jobs of the queues that the runner was told are run, and no others") {
  gateway g{{{"default", "mails"}, 1 << 20}};
  g.join("w1", {{echo(), 1}});
  auto other = g.put("echo", {"1"}, "other").at(0);
  auto mails = g.put("echo", numbers(20), "mails");
  auto plain = g.put("echo", numbers(20));
  for (const auto* ids : {&mails, &plain})
    for (const auto& id : *ids)
      REQUIRE(g.ended(id).state == item_state::done);
  CHECK(g.look(other).state == item_state::ready);
}

TEST_CASE("a job that is cancelled while it runs is stopped, and its slot runs the next one") {
  auto at = std::make_shared<gate>();
  gateway g;
  g.join("w1", {{gated(at), 1}});
  auto job = g.put("gated", {"wait"}).at(0);
  at->wait_entered();
  g.cancel(job);
  CHECK(g.ended(g.put("gated", {"1"}).at(0)).state == item_state::done);
  CHECK(g.look(job).state == item_state::cancelled);
}

TEST_CASE("a job whose worker dies is tried again at once by another") {
  auto at = std::make_shared<gate>();
  gateway g;
  auto first = g.join("w1", {{gated(at), 1}});
  auto job = g.put("gated", {"wait"}).at(0);
  at->wait_entered();
  g.join("w2", {{gated(at), 1}});
  gateway::kill(first);
  at->wait_entered(); // at the other
  at->opened.set_value();
  const auto end = g.ended(job);
  CHECK(end.state == item_state::done);
  CHECK(end.worker == "w2");
  CHECK(end.attempt == 2);
  REQUIRE(end.attempts.size() == 1);
  CHECK_THAT(end.attempts[0].error, Catch::Matchers::StartsWith("worker_lost: "));
  CHECK(end.attempts[0].worker == "w1");
}

TEST_CASE("a job that fails is tried again, and says why and where it failed") {
  auto work = echo();
  work.run = [](const actors::task& task) {
    return outcome::fail(task.params == "bad" ? errc::invalid_params : errc::task_failed,
                         "no luck");
  };
  gateway g;
  g.join("w1", {{work, 1}});
  const auto bad = g.ended(g.put("echo", {"bad"}).at(0));
  CHECK(bad.state == item_state::dead);
  REQUIRE(bad.attempts.size() == 1);
  CHECK(bad.attempts[0].error == "invalid_params: no luck");
  CHECK(bad.attempts[0].worker == "w1");
  auto failing = g.put("echo", {"1"}).at(0);
  until([&] { return g.look(failing).state == item_state::delayed; });
  CHECK(g.look(failing).attempts.at(0).error == "task_failed: no luck");
}

TEST_CASE("an attempt takes no longer than its job says") {
  auto at = std::make_shared<gate>();
  gateway g;
  g.join("w1", {{gated(at), 1}});
  auto job = g.put("gated", {"wait"}, "default", 30).at(0);
  until([&] { return !g.look(job).attempts.empty(); });
  CHECK_THAT(g.look(job).attempts[0].error, Catch::Matchers::StartsWith("deadline_exceeded: "));
  CHECK(g.look(job).attempts[0].worker == "w1");
}

TEST_CASE("a runner that drains finishes what it holds, and leases nothing more") {
  auto at = std::make_shared<gate>();
  gateway g;
  g.join("w1", {{gated(at), 2}});
  auto job = g.put("gated", {"wait"}).at(0);
  at->wait_entered();
  CHECK_FALSE(g.drain(20ms));
  auto end = std::async(std::launch::async, [&] { return g.drain(patience); });
  auto later = g.put("gated", {"1"}).at(0);
  at->opened.set_value();
  CHECK(end.get());
  CHECK(g.look(job).state == item_state::done);
  CHECK(g.look(later).state == item_state::ready);
}

TEST_CASE("the jobs of a runner that ends go back, and their calls are stopped") {
  auto at = std::make_shared<gate>();
  gateway g;
  g.join("w1", {{gated(at), 1}});
  auto job = g.put("gated", {"wait"}).at(0);
  at->wait_entered();
  g.end_runner();
  until([&] { return g.look(job).state == item_state::ready; });
  caf::scoped_actor self{g.system};
  until([&] {
    bool idle = false;
    self->request(g.router, patience, proto::get_status{})
        .receive([&](const proto::router_status& now) { idle = now.kinds.at(0).in_flight == 0; },
                 [&](const caf::error& why) { FAIL(g.system.render(why)); });
    return idle;
  });
}
