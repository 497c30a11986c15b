// Who waits at a queue that hands out so many items at a time, or so many a second.
#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/actors/queue/limited_queues.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::queue_op;
using strings = std::vector<std::string>;

TEST_CASE("who waits at a queue with a limit is served when a lease ends, however it does") {
  broker_rig r;
  r.define("q", at_most(1));
  r.put("q", {"a", "b"});
  const auto first = r.take("q", 2);
  const auto second = r.lease("q", 3'600'000);
  CHECK_FALSE(r.code(second));
  SECTION("by an ack") {
    CHECK(r.ack(first.lease) == errc::none);
    CHECK(r.bodies(second) == strings{"b"});
  }
  SECTION("by a nack with a pause") {
    CHECK(r.use(queue_op::nack, first.lease, 60'000) == errc::none);
    CHECK(r.bodies(second) == strings{"b"});
  }
  SECTION("by a release") {
    CHECK(r.use(queue_op::release, first.lease) == errc::none);
    CHECK(r.bodies(second) == strings{"a"});
  }
  SECTION("by time") {
    r.pass(first.lease_ms - 1);
    CHECK_FALSE(r.code(second));
    r.pass(1);
    CHECK(r.bodies(second) == strings{"a"});
  }
  SECTION("because its holder is no more") {
    r.core.lose(2, r.now);
    r.gather();
    CHECK(r.bodies(second) == strings{"a"});
  }
  CHECK(r.stats("q").leased == 1);
}

TEST_CASE("an extension of a lease makes no way for others") {
  broker_rig r;
  r.define("q", at_most(1));
  r.put("q", {"a", "b"});
  const auto first = r.take("q");
  const auto second = r.lease("q", 3'600'000);
  CHECK(r.use(queue_op::extend, first.lease) == errc::none);
  CHECK_FALSE(r.code(second));
}

TEST_CASE("whoever wants jobs of another kind is served when a job of this one ends") {
  job_rig r;
  r.define("q", at_most(1));
  const auto a = r.put_job("a");
  r.put_job("b");
  const auto lease = r.take_job("a").lease;
  const auto other = r.ask(lease_of("q", {"b"}, 60'000));
  CHECK_FALSE(r.code(other));
  SECTION("by an ack") {
    r.ask(ack_of(lease, "1"));
  }
  SECTION("by being cancelled") {
    r.ask(cancel_of(a));
  }
  SECTION("by death") {
    r.ask(fail_of(lease));
  }
  CHECK(r.code(other) == errc::none);
  CHECK(r.answers.at(other).items.at(0).kind == "b");
}

TEST_CASE("who waits is served when the queue's limits become others") {
  broker_rig r;
  r.define("q", at_most(1));
  r.put("q", {"a", "b", "c"});
  r.take("q");
  const auto second = r.lease("q", 3'600'000);
  const auto third = r.lease("q", 3'600'000);
  r.define("q", at_most(2));
  CHECK(r.bodies(second) == strings{"b"});
  CHECK_FALSE(r.code(third));
  r.define("q");
  CHECK(r.bodies(third) == strings{"c"});
}

TEST_CASE("who waits at a queue with a rate is served at the moment that it allows") {
  broker_rig r;
  r.define("q", rated(2));
  r.put("q", {"a", "b", "c", "d"});
  CHECK(r.bodies(r.lease("q", 0, 9)) == strings{"a", "b"});
  const auto third = r.lease("q", 3'600'000, 9);
  const auto fourth = r.lease("q", 3'600'000, 9);
  CHECK(r.core.next() == r.now + 500);
  r.pass(499);
  CHECK_FALSE(r.code(third));
  r.pass(1);
  CHECK(r.bodies(third) == strings{"c"});
  CHECK_FALSE(r.code(fourth));
  r.pass(499);
  CHECK_FALSE(r.code(fourth));
  r.pass(1);
  CHECK(r.bodies(fourth) == strings{"d"});
}

TEST_CASE("nobody is woken by a rate when there is nothing to hand out") {
  broker_rig r;
  r.define("q", rated(1));
  r.put("q", {"a"});
  r.ack(r.take("q").lease);
  const auto waiting = r.lease("q", 20'000);
  r.pass(19'000);
  CHECK(r.core.next() == r.now + 1'000); // when it waited long enough
  CHECK_FALSE(r.code(waiting));
  r.put("q", {"b"});
  CHECK(r.bodies(waiting) == strings{"b"});
}

TEST_CASE("each queue has a rate of its own, and jobs of all its kinds share it") {
  job_rig r;
  r.define("q", rated(1));
  r.define("fast", rated(10, 1'000));
  r.put_job("a");
  r.put_job("b");
  r.put("fast", strings(11, "x"));
  r.take_job("a");
  const auto b = r.ask(lease_of("q", {"b"}, 60'000));
  CHECK(r.bodies(r.lease("fast", 0, 20)).size() == 10);
  const auto fast = r.lease("fast", 60'000, 20);
  r.pass(100);
  CHECK(r.code(fast));
  CHECK_FALSE(r.code(b));
  r.pass(900);
  CHECK(r.code(b));
}
