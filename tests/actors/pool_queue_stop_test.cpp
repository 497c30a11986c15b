#include "actors/pool_queue.hpp"

#include "tests/actors/pool_calls.hpp"

using namespace squall;
using namespace squall::test;

TEST_CASE("a cancelled call that waits is answered and never run") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = calls(1, 3);
  queue.push(batch, now);
  std::vector<std::uint64_t> ids{2, 9};
  queue.cancel(gateway, ids, now);
  CHECK(answers(queue) == std::map<std::uint64_t, proto::errc>{{2, proto::errc::cancelled}});
  CHECK(queue.begin(0, now).call->id == 1);
  CHECK(queue.advance(0, fine(), now).call->id == 3);
  CHECK_FALSE(queue.advance(0, fine(), now).call);
  CHECK(answers(queue).size() == 2);
}

TEST_CASE("a cancelled call that runs is asked to stop, and the slot's next call is not") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = calls(1, 2);
  queue.push(batch, now);
  auto first = queue.begin(0, now);
  std::vector<std::uint64_t> ids{1};
  queue.cancel(2, ids, now);
  CHECK_FALSE(first.stop.stop_requested());
  queue.cancel(gateway, ids, now);
  CHECK(first.stop.stop_requested());
  auto second = queue.advance(0, fine(), now);
  REQUIRE(second.call);
  CHECK_FALSE(second.stop.stop_requested());
  queue.advance(0, fine(), now);
  CHECK(answers(queue) ==
        std::map<std::uint64_t, proto::errc>{{1, proto::errc::cancelled}, {2, proto::errc::none}});
}

TEST_CASE("a call whose time is over before it begins is answered without being run") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = calls(1, 3);
  batch[0].deadline = now;
  batch[1].deadline = now + 1ms;
  queue.push(batch, now);
  CHECK(queue.begin(0, now + 1ms).call->id == 3);
  CHECK(answers(queue) ==
        std::map<std::uint64_t, proto::errc>{{1, proto::errc::deadline_exceeded},
                                             {2, proto::errc::deadline_exceeded}});
}

TEST_CASE("a running call whose time is over is asked to stop") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = one(call(1));
  batch[0].deadline = now + 10ms;
  queue.push(batch, now);
  auto step = queue.begin(0, now);
  queue.check(now + 9ms);
  CHECK_FALSE(step.stop.stop_requested());
  queue.check(now + 10ms);
  CHECK(step.stop.stop_requested());
  queue.advance(0, fine(), now + 11ms);
  CHECK(answers(queue) ==
        std::map<std::uint64_t, proto::errc>{{1, proto::errc::deadline_exceeded}});
}

TEST_CASE("calls behind slots that finish nothing are given back after a while") {
  pool_queue queue{2, true};
  steady::time_point now{};
  auto batch = calls(1, 4, 1'000);
  REQUIRE(queue.push(batch, now).size() == 2);
  queue.begin(0, now);
  CHECK(queue.check(now + 6ms).returned.empty());
  CHECK(queue.check(now + 11ms).returned.size() == 2);
  CHECK(queue.load(now).queued == 1);
  queue.begin(1, now);
  CHECK(queue.load(now).queued == 0);
  CHECK(queue.check(now + 20ms).returned.empty());
  CHECK(queue.load(now + 4ms).stuck == 0);
  CHECK(queue.load(now + 6ms).stuck == 2);
}

TEST_CASE("nothing is given back while slots finish calls") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = calls(1, 20, 1'000);
  queue.push(batch, now);
  queue.begin(0, now);
  for (int i = 0; i < 10; ++i) {
    queue.advance(0, fine(), now += 4ms);
    CHECK(queue.check(now + 4ms).returned.empty());
  }
}

TEST_CASE("one run that the system held up does not make short calls look long") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = calls(1, 100);
  queue.push(batch, now);
  queue.begin(0, now);
  for (int i = 0; i < 40; ++i)
    queue.advance(0, fine(), now += 2us);
  queue.advance(0, fine(), now += 20ms);
  CHECK(queue.load(now).mean_us < 4);
  for (int i = 0; i < 30; ++i)
    queue.advance(0, fine(), now += 20ms);
  CHECK(queue.load(now).mean_us > 5'000);
}

TEST_CASE("a lost gateway's calls are forgotten and its answers thrown away") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = calls(1, 2);
  batch.push_back(call(1, 2, 2));
  queue.push(batch, now);
  auto step = queue.begin(0, now);
  queue.drop(gateway);
  CHECK(step.stop.stop_requested());
  auto other = queue.advance(0, fine(), now);
  CHECK(other.call->link == 2);
  CHECK(answers(queue).empty());
  queue.advance(0, fine(), now);
  CHECK(answers(queue, 2).size() == 1);
}

TEST_CASE("a pool that waits starts a call on each free slot, with a stop of its own") {
  pool_queue queue{2, false};
  steady::time_point now{};
  auto batch = calls(1, 3);
  auto woken = queue.push(batch, now);
  REQUIRE(woken.size() == 2);
  auto first = queue.begin(woken[0], now);
  queue.begin(woken[1], now);
  CHECK(queue.wake_idle().empty());
  CHECK(queue.finish(woken[0], fine(), now));
  CHECK_FALSE(queue.finish(woken[1], fine(), now));
  auto again = queue.wake_idle();
  REQUIRE(again.size() == 1);
  auto third = queue.begin(again[0], now);
  std::vector<std::uint64_t> ids{3};
  queue.cancel(gateway, ids, now);
  CHECK(third.stop.stop_requested());
  CHECK_FALSE(first.stop.stop_requested());
}
