#include "actors/jobs/runner_core.hpp"

#include "tests/actors/jobs/runner_rig.hpp"

using namespace squall;
using namespace std::chrono_literals;
using actors::job_kind;
using actors::runner_core;
using proto::errc;
using proto::queue_op;
using rig = tests::runner_rig;

TEST_CASE("for each kind with slots jobs of that kind are leased, as many as there are slots") {
  rig r{{{"prime", 4}, {"sleep", 100}, {"fetch", 0}}};
  CHECK(r.mail.broker.requests.size() == 2);
  const auto& prime = r.lease["default/prime"];
  CHECK(prime.count == 4);
  CHECK(prime.kinds == rig::names{"prime"});
  CHECK(prime.create);
  CHECK(prime.holder == 0);
  CHECK(prime.timeout_ms == 20'000);
  CHECK(r.lease["default/sleep"].count == 100);
  r.turn();
  CHECK(r.mail.broker.requests.empty());
}

TEST_CASE("nothing is leased before the router has taken the runner in") {
  runner_core core{{}};
  auto known = rig::slots({{"prime", 4}});
  core.on_kinds(known);
  CHECK(core.take(rig::start).broker.requests.empty());
  core.attached(rig::bridge);
  CHECK(core.take(rig::start).broker.requests.size() == 1);
}

TEST_CASE("a job becomes a call of the lowest priority, and is acked with its result") {
  rig r{{{"prime", 2}}};
  auto answer = rig::jobs_for(r.lease["default/prime"].id, {"a", "b"});
  answer.items[1].timeout_ms = 700;
  r.answer(answer);
  auto calls = r.mail.router.calls;
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].work.id >> proto::bridge_shift == rig::bridge);
  CHECK(calls[0].work.kind == "prime");
  CHECK(calls[0].work.params == "params of a");
  CHECK(calls[0].work.time_left_ms == 0);
  CHECK(calls[1].work.time_left_ms == 700);
  CHECK(calls[0].priority == 0);
  CHECK(calls[0].connection == runner_core::connection);
  CHECK(r.mail.broker.requests.empty());
  r.end(calls[1].work.id, errc::none, R"({"prime":true})", 3);
  const auto ack = r.request(queue_op::ack);
  CHECK(ack.lease == "b");
  CHECK(ack.result == R"({"prime":true})");
  CHECK(ack.worker == "three");
  CHECK(r.request(queue_op::lease).count == 1); // in the same batch
}

TEST_CASE("what a call ends with decides what becomes of its job") {
  rig r{{{"prime", 1}}};
  const auto nack_of = [&](errc code) {
    auto calls = r.give("default/prime", {"a"});
    REQUIRE(calls.size() == 1);
    r.end(calls[0].work.id, code, "why");
    return r.request(queue_op::nack);
  };
  for (auto code : {errc::invalid_params, errc::unknown_kind}) {
    CHECK(nack_of(code).dead);
    CHECK_FALSE(nack_of(code).backoff);
  }
  auto lost = nack_of(errc::worker_lost);
  CHECK(lost.error == "worker_lost: why");
  CHECK(lost.worker == "one");
  CHECK_FALSE(lost.dead);
  CHECK_FALSE(lost.backoff);
  CHECK(lost.delay_ms == 0);
  for (auto code :
       {errc::task_failed, errc::deadline_exceeded, errc::internal, errc::unavailable}) {
    auto failed = nack_of(code);
    CHECK(failed.backoff);
    CHECK_FALSE(failed.dead);
  }
}

TEST_CASE("a result that is too large is not kept, and its job not tried again") {
  rig r{{{"prime", 1}}, {{"default"}, 10}};
  r.end(r.give("default/prime", {"a"})[0].work.id, errc::none, "1234567890");
  CHECK(r.request(queue_op::ack).result == "1234567890");
  r.end(r.give("default/prime", {"a"})[0].work.id, errc::none, "12345678901");
  const auto nack = r.request(queue_op::nack);
  CHECK(nack.dead);
  CHECK(nack.error == "the result has 11 bytes, more than the 10 that are kept");
}

TEST_CASE("jobs that no worker had go back, and their kind is left alone for a pause that grows") {
  rig r{{{"prime", 2}, {"sleep", 1}}};
  auto pause = job_kind::first_pause;
  for (auto code : {errc::overloaded, errc::unavailable, errc::deadline_exceeded}) {
    auto calls = r.give("default/prime", {"a", "b"});
    REQUIRE(calls.size() == 2);
    r.refuse(calls[0].work.id, code);
    CHECK(r.request(queue_op::release).lease == "a");
    CHECK(r.requests(queue_op::lease).empty());
    r.refuse(calls[1].work.id, code); // of the same pause
    CHECK(r.requests(queue_op::lease).empty());
    CHECK(r.core.next_look() == r.now + pause);
    r.now += pause;
    r.turn();
    CHECK(r.request(queue_op::lease).count == 2);
    pause *= 2;
  }
  r.end(r.give("default/prime", {"a"})[0].work.id); // it runs again
  r.refuse(r.give("default/prime", {"a"})[0].work.id);
  CHECK(r.core.next_look() == r.now + job_kind::first_pause);
}

TEST_CASE("a kind that is refused takes its waiting request back") {
  rig r{{{"prime", 2}}};
  auto calls = r.give("default/prime", {"a"});
  const auto waiting = r.lease["default/prime"];
  CHECK(waiting.count == 1);
  r.refuse(calls[0].work.id);
  CHECK(r.mail.broker.cancelled == std::vector{waiting.id});
}

TEST_CASE("kinds with short jobs have some leased ahead, and fewer again when they take longer") {
  rig r{{{"prime", 2}}};
  r.end(r.give("default/prime", {"a"})[0].work.id, errc::none, "true", 1, 100);
  r.answer(rig::jobs_for(r.lease["default/prime"].id, {}));
  r.now += 1s;
  r.turn();
  CHECK(r.request(queue_op::lease).count == 2 + 200);
  auto calls = r.give("default/prime", {"b"});
  const auto waiting = r.request(queue_op::lease);
  CHECK(waiting.count == 201);
  r.end(calls[0].work.id, errc::none, "true", 1, 1'000'000);
  CHECK(r.mail.broker.cancelled == std::vector{waiting.id});
  CHECK(r.request(queue_op::lease).count == 2);
}

TEST_CASE("a kind that loses its slots takes its request back, and what comes all the same too") {
  rig r{{{"prime", 2}, {"sleep", 1}}};
  const auto waiting = r.lease["default/prime"];
  r.offer({{"prime", 0}, {"sleep", 1}});
  CHECK(r.mail.broker.cancelled == std::vector{waiting.id});
  r.answer(rig::jobs_for(waiting.id, {"a", "b"}));
  CHECK(r.mail.router.calls.empty());
  CHECK(r.requests(queue_op::release).size() == 2);
  CHECK(r.requests(queue_op::lease).empty());
  r.offer({{"prime", 3}, {"sleep", 1}});
  CHECK(r.request(queue_op::lease).count == 3);
}

TEST_CASE(
    "slots that go take the request for more jobs than are left back, those that come do not") {
  rig r{{{"prime", 4}}};
  const auto waiting = r.lease["default/prime"];
  r.offer({{"prime", 8}});
  CHECK(r.mail.broker.cancelled.empty());
  r.offer({{"prime", 3}});
  CHECK(r.mail.broker.cancelled == std::vector{waiting.id});
  CHECK(r.request(queue_op::lease).count == 3);
}

TEST_CASE("several queues share a kind's slots") {
  rig r{{{"prime", 4}}, {{"default", "mails"}, 100}};
  CHECK(r.lease["default/prime"].count == 1);
  CHECK(r.lease["mails/prime"].count == 1);
  r.give("mails/prime", {"a"});
  CHECK(r.request(queue_op::lease).queue == "mails");
  CHECK(r.request(queue_op::lease).count == 2);
  r.give("mails/prime", {"b", "c"});
  CHECK(r.requests(queue_op::lease).empty());
}

TEST_CASE("a job's lease is extended at half its time, and its call cancelled when it is lost") {
  rig r{{{"prime", 1}}};
  auto call = r.give("default/prime", {"a"})[0].work.id;
  CHECK(r.core.next_look() == rig::start + 15s);
  r.now += 15s;
  r.turn();
  auto extend = r.request(queue_op::extend);
  CHECK(extend.lease == "a");
  r.settled(extend);
  CHECK(r.core.next_look() == rig::start + 30s);
  r.now += 15s;
  r.turn();
  r.settled(r.request(queue_op::extend), errc::lease_lost);
  CHECK(r.mail.router.cancelled == std::vector{call});
  CHECK(r.request(queue_op::lease).count == 1);
  r.end(call);
  CHECK(r.mail.broker.requests.empty());
}

TEST_CASE("what a call tells of its progress is kept by an extension of its job's lease") {
  rig r{{{"prime", 1}}};
  const auto made = r.give("default/prime", {"a"})[0].work;
  CHECK(made.tells_progress);
  r.tell(made.id, "1");
  const auto first = r.request(queue_op::extend);
  CHECK(first.lease == "a");
  CHECK(first.result == "1");
  // While that is under way the newest one waits.
  r.tell(made.id, "2");
  r.tell(made.id, "3");
  CHECK(r.mail.broker.requests.empty());
  r.settled(first);
  const auto second = r.request(queue_op::extend);
  CHECK(second.result == "3");
  r.settled(second);
  CHECK(r.mail.broker.requests.empty());
  CHECK(r.core.next_look() == rig::start + 15s);
  r.now += 15s;
  r.turn();
  CHECK(r.request(queue_op::extend).result.empty());
}

TEST_CASE("progress of a call that has ended, or that is too long, changes nothing") {
  rig r{{{"prime", 2}}};
  const auto calls = r.give("default/prime", {"a", "b"});
  r.tell(calls[0].work.id, std::string(squall::proto::most_progress_bytes + 1, '1'));
  CHECK(r.requests(queue_op::extend).empty());
  r.end(calls[0].work.id);
  r.tell(calls[0].work.id, "1");
  CHECK(r.requests(queue_op::extend).empty());
}

TEST_CASE("a job that is cancelled has its call cancelled") {
  rig r{{{"prime", 2}}};
  auto calls = r.give("default/prime", {"a", "b"});
  r.revoke({"b", "another's"});
  CHECK(r.mail.router.cancelled == std::vector{calls[1].work.id});
  CHECK(r.request(queue_op::lease).count == 1);
  r.end(calls[0].work.id);
  CHECK(r.request(queue_op::ack).lease == "a");
}

TEST_CASE("a runner that drains finishes what it has and waits for the answers") {
  rig r{{{"prime", 2}}};
  auto call = r.give("default/prime", {"a"})[0].work.id;
  const auto waiting = r.lease["default/prime"];
  r.core.drain();
  r.turn();
  CHECK(r.mail.broker.cancelled == std::vector{waiting.id});
  const auto last = r.request(queue_op::stats);
  r.answer(rig::jobs_for(waiting.id, {"b"})); // was on its way
  const auto release = r.request(queue_op::release);
  r.settled(last, errc::not_found);
  r.settled(release);
  CHECK_FALSE(r.core.is_drained());
  r.end(call);
  CHECK(r.requests(queue_op::lease).empty());
  CHECK_FALSE(r.core.is_drained());
  r.settled(r.request(queue_op::ack));
  CHECK(r.core.is_drained());
}
