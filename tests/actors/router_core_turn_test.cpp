// What a router refuses at the door, what it sends at the end of a turn, and what it tells of
// itself.
#include "tests/support/catch.hpp"
#include "tests/support/router_rig.hpp"

using namespace squall;
using namespace squall::tests;
using std::chrono::milliseconds;

TEST_CASE("a router that drains says so, and finishes the calls that wait and that still come") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  rig.call(2);
  rig.core.drain();
  rig.call(3); // sent before the drain began, and read after it
  CHECK_FALSE(rig.core.idle());
  for (std::size_t i = 0; i < 3; ++i)
    rig.answer(worker, rig.at[worker].at(i));
  REQUIRE(rig.answers.size() == 3);
  for (const auto& answer : rig.answers)
    CHECK(answer.code == proto::errc::none);
  CHECK(rig.core.idle());
  CHECK(rig.core.status(rig.now).draining);
}

TEST_CASE("params that wait are bounded, whoever they belong to, and the refusal says so") {
  actors::router_limits limits;
  limits.line.bytes = 1'000;
  router_rig rig{limits};
  const auto worker = rig.join("w", {offer("prime", 1)});
  auto big = [&](std::uint64_t n) {
    auto work = submission_of(rig.id(n), "prime", n);
    work.work.params = std::string(600, '7');
    rig.submit(std::move(work));
  };
  for (std::uint64_t n = 1; n <= 3; ++n)
    big(n); // one runs, one waits
  REQUIRE(rig.answers.size() == 1);
  CHECK(rig.answers[0].code == proto::errc::overloaded);
  CHECK(rig.answers[0].body == "the params of waiting calls of the kind \"prime\" take 600 bytes, "
                               "and no more than 1000 may");
  rig.answer(worker, rig.at[worker].at(0));
  big(4);
  CHECK(rig.kind("prime").waiting == 1);
}

TEST_CASE("a second call with an id under way, or of a bridge that is not there, is ignored") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 4)});
  rig.call(1);
  rig.call(1);
  rig.submit(submission_of(1, "prime"));
  rig.submit(submission_of((std::uint64_t{200} << proto::bridge_shift) | 1, "prime"));
  CHECK(rig.at[worker].size() == 1);
  CHECK(rig.answers.empty());
}

TEST_CASE("one turn yields one batch a worker and one a bridge") {
  router_rig rig;
  const auto one = rig.join("one", {offer("prime", 2)});
  const auto two = rig.join("two", {offer("prime", 2)});
  proto::submit_batch batch;
  for (std::uint64_t i = 1; i <= 4; ++i)
    batch.calls.push_back(submission_of(rig.id(i), "prime"));
  batch.calls.push_back(submission_of(rig.id(5), "foo"));
  batch.calls.push_back(submission_of(rig.id(6), "foo"));
  rig.core.submit(batch, rig.now);
  const auto mail = rig.core.take();
  REQUIRE(mail.calls.size() == 2);
  CHECK(mail.calls[0].batch.calls.size() == 2);
  CHECK(mail.calls[1].batch.calls.size() == 2);
  CHECK(mail.calls[0].worker + mail.calls[1].worker == one + two);
  REQUIRE(mail.answers.size() == 1);
  CHECK(mail.answers[0].batch.results.size() == 2);
  CHECK(rig.core.take().calls.empty());
}

TEST_CASE("params are moved to the worker, and a copy is kept for another") {
  router_rig rig;
  const auto worker = rig.join("one", {offer("prime", 1)});
  auto work = submission_of(rig.id(1), "prime");
  work.work.params = std::string(1'000, '7');
  const auto* bytes = work.work.params.data();
  rig.submit(std::move(work));
  CHECK(rig.at[worker].at(0).params.data() == bytes);
  rig.lose(worker);
  const auto other = rig.join("two", {offer("prime", 1)});
  CHECK(rig.at[other].at(0).params == std::string(1'000, '7'));
}

TEST_CASE("the status tells times, counts and pools") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 2, 5)});
  rig.call(1);
  rig.call(2);
  rig.now += milliseconds{3};
  rig.answer(worker, rig.at[worker][0]);
  rig.answer(worker, rig.at[worker][1], proto::errc::task_failed);
  rig.call(3);
  const auto status = rig.core.status(rig.now);
  REQUIRE(status.workers.size() == 1);
  CHECK(status.workers[0].who.name == "w");
  CHECK(status.workers[0].joined_ms == 3);
  CHECK(status.workers[0].pools == std::vector<proto::pool_status>{{"prime", 2, 5, 1, 1, 1}});
  REQUIRE(status.kinds.size() == 1);
  const auto& kind = status.kinds[0];
  CHECK(kind.slots == 2);
  CHECK(kind.in_flight == 1);
  CHECK(kind.outcomes == std::vector<proto::outcome_count>{{"ok", 1}, {"task_failed", 1}});
  CHECK(kind.running_time.sum_seconds == Approx(20e-6));
  CHECK(kind.waiting_time.sum_seconds == Approx(2 * 2'990e-6));
}
