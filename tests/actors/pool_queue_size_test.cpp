#include "actors/pool_queue.hpp"

#include "tests/actors/pool_calls.hpp"

#include <utility>

using namespace squall::test;
using slots = std::vector<std::uint32_t>;

TEST_CASE("a pool that grows has the slots run by somebody, and uses its old ones first") {
  pool_queue queue{1, true};
  steady::time_point now{};
  const auto change = queue.resize(3);
  CHECK(change.opened == slots{1, 2});
  CHECK(change.closed.empty());
  CHECK(queue.load(now).slots == 3);
  auto batch = calls(1, 3, 1'000);
  CHECK(queue.push(batch, now) == slots{0, 1, 2});
}

TEST_CASE("a pool that shrinks has its idle slots ended, and running ones end with their call") {
  pool_queue queue{4, true};
  steady::time_point now{};
  for (std::uint64_t id = 1; id <= 2; ++id) {
    auto single = calls(id, 1, 1'000);
    const auto woken = queue.push(single, now);
    REQUIRE(woken.size() == 1);
    REQUIRE(queue.begin(woken[0], now).call);
  }
  CHECK(queue.resize(1).closed == slots{3, 2});
  CHECK(queue.load(now).slots == 1);
  CHECK(queue.load(now).busy == 2);
  auto more = calls(3, 1, 1'000);
  CHECK(queue.push(more, now).empty());
  const auto last = queue.advance(1, fine(), now += 1ms);
  CHECK(last.retired);
  CHECK_FALSE(last.call);
  const auto next = queue.advance(0, fine(), now += 1ms);
  CHECK_FALSE(next.retired);
  REQUIRE(next.call);
  CHECK(next.call->id == 3);
  CHECK(answers(queue).size() == 2);
}

TEST_CASE("a slot that was woken and is none any more leaves its call to another") {
  pool_queue queue{2, true};
  steady::time_point now{};
  auto first = calls(1, 1, 1'000);
  REQUIRE(queue.push(first, now) == slots{0});
  auto second = calls(2, 1, 1'000);
  REQUIRE(queue.push(second, now) == slots{1});
  REQUIRE(queue.begin(0, now).call->id == 1);
  const auto end = queue.advance(0, fine(), now += 1ms);
  REQUIRE(end.call->id == 2);
  REQUIRE_FALSE(queue.advance(0, fine(), now += 1ms).call);
  auto third = calls(3, 1, 1'000);
  REQUIRE(queue.push(third, now) == slots{0}); // 1 is on its way still
  REQUIRE(queue.begin(0, now).call->id == 3);
  auto fourth = calls(4, 1, 1'000);
  CHECK(queue.push(fourth, now).empty());
  CHECK(queue.resize(1).closed.empty());
  REQUIRE(queue.advance(0, fine(), now += 1ms).call->id == 4);
  const auto late = queue.begin(1, now);
  CHECK(late.retired);
  CHECK_FALSE(late.call);
  CHECK(queue.resize(2).opened == slots{1});
}

TEST_CASE("a slot that is too many wakes an idle one for what waits") {
  pool_queue queue{2, true};
  steady::time_point now{};
  auto first = calls(1, 1, 1'000);
  REQUIRE(queue.push(first, now) == slots{0});
  auto second = calls(2, 1, 1'000);
  REQUIRE(queue.push(second, now) == slots{1});
  REQUIRE(queue.begin(1, now).call->id == 1);
  REQUIRE(queue.begin(0, now).call->id == 2);
  REQUIRE_FALSE(queue.advance(0, fine(), now += 1ms).call);
  REQUIRE_FALSE(queue.advance(1, fine(), now += 1ms).call);
  auto third = calls(3, 1, 1'000);
  REQUIRE(queue.push(third, now) == slots{1});
  REQUIRE(queue.resize(1).closed.empty());
  const auto step = queue.begin(1, now);
  CHECK(step.retired);
  REQUIRE(step.wake == 0U);
  CHECK(queue.begin(0, now).call->id == 3);
}

TEST_CASE("a pool without slots runs nothing, and has them all again when it grows") {
  pool_queue queue{2, false};
  steady::time_point now{};
  auto batch = calls(1, 2);
  for (auto slot : queue.push(batch, now))
    REQUIRE(queue.begin(slot, now).call);
  CHECK(queue.resize(0).closed.empty());
  CHECK(queue.finish(0, fine(), now += 1ms));
  CHECK(queue.load(now).slots == 0);
  CHECK(queue.load(now).busy == 1);
  // One is none yet, the other goes on with what it has.
  CHECK(queue.resize(2).opened == slots{0});
  auto more = calls(3, 2);
  CHECK(queue.push(more, now) == slots{0});
  REQUIRE(queue.begin(0, now).call->id == 3);
  queue.finish(1, fine(), now += 1ms);
  CHECK(queue.wake_idle() == slots{1});
  CHECK(answers(queue).size() == 2);
}

TEST_CASE("calls that wait are given back, those that run are not") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = calls(1, 3, 1'000);
  REQUIRE(queue.push(batch, now) == slots{0});
  REQUIRE(queue.begin(0, now).call->id == 1);
  using returned = std::vector<std::pair<std::uint32_t, std::uint64_t>>;
  CHECK(queue.give_back() == returned{{gateway, 2}, {gateway, 3}});
  CHECK(queue.give_back().empty());
  CHECK(queue.resize(0).closed.empty());
  CHECK(queue.advance(0, fine(), now += 1ms).retired);
  CHECK(answers(queue).size() == 1);
}
