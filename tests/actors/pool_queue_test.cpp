#include "actors/pool_queue.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <semaphore>
#include <thread>

namespace {

using namespace squall;
using namespace std::chrono_literals;
using actors::outcome;
using actors::pool_queue;
using actors::queued_call;
using actors::steady;

constexpr std::uint32_t gateway = 1;

queued_call call(std::uint64_t id, std::uint32_t estimate_us = 2, std::uint32_t link = gateway) {
  return {id, link, 1, 0, estimate_us, steady::time_point::max(), "{}"};
}

std::vector<queued_call> calls(std::uint64_t first, std::uint64_t count,
                               std::uint32_t estimate_us = 2) {
  std::vector<queued_call> made;
  for (std::uint64_t i = 0; i < count; ++i)
    made.push_back(call(first + i, estimate_us));
  return made;
}

std::vector<queued_call> one(queued_call call) {
  std::vector<queued_call> made;
  made.push_back(std::move(call));
  return made;
}

/// Everything answered since the last time, by id.
std::map<std::uint64_t, proto::errc> answers(pool_queue& queue, std::uint32_t link = gateway) {
  std::map<std::uint64_t, proto::errc> found;
  for (auto& done : queue.collect()) {
    if (done.link != link) continue;
    for (auto& result : done.results) {
      CHECK_FALSE(found.contains(result.id));
      found[result.id] = result.code;
    }
  }
  return found;
}

outcome fine() {
  return outcome::ok("1");
}

} // namespace

TEST_CASE("calls come out in the order in which they came, each answered once") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = calls(1, 3);
  CHECK(queue.push(batch, now) == std::vector<std::uint32_t>{0});
  CHECK(batch.empty());
  auto step = queue.begin(0, now);
  for (std::uint64_t id = 1; id <= 3; ++id) {
    REQUIRE(step.call);
    CHECK(step.call->id == id);
    step = queue.advance(0, fine(), now += 2us);
  }
  CHECK_FALSE(step.call);
  CHECK(step.announce);
  CHECK(answers(queue).size() == 3);
  CHECK(answers(queue).empty());
}

TEST_CASE("as many slots are woken as the work is worth, and no slot twice") {
  pool_queue queue{4, true};
  steady::time_point now{};
  auto little = calls(1, 10);
  CHECK(queue.push(little, now).size() == 1);
  auto more = calls(11, 60);
  CHECK(queue.push(more, now).size() == 3);
  auto again = calls(71, 100);
  CHECK(queue.push(again, now).empty());
}

TEST_CASE("a slot that begins a long call has another one woken for what is behind it") {
  pool_queue queue{2, true};
  steady::time_point now{};
  auto batch = calls(1, 2);
  REQUIRE(queue.push(batch, now).size() == 1);
  auto late = one(call(3, 10'000));
  auto step = queue.begin(0, now);
  REQUIRE(queue.push(late, now) == std::vector<std::uint32_t>{1});
  CHECK_FALSE(queue.begin(1, now).call->id != 2);
  step = queue.advance(1, fine(), now += 2us);
  CHECK(step.call->id == 3);
  CHECK_FALSE(step.wake);
  auto behind = calls(4, 1);
  CHECK(queue.push(behind, now).empty());
  step = queue.advance(0, fine(), now += 2us);
  CHECK(step.call->id == 4);
}

TEST_CASE("a long call in front of short ones wakes a sibling before it begins") {
  pool_queue queue{2, true};
  steady::time_point now{};
  auto batch = calls(1, 2);
  REQUIRE(queue.push(batch, now).size() == 1);
  REQUIRE(queue.begin(0, now).call->id == 1);
  auto more = calls(3, 1, 300);
  REQUIRE(queue.push(more, now).size() == 1);
  REQUIRE(queue.begin(1, now).call->id == 2);
  CHECK_FALSE(queue.advance(0, fine(), now += 2us).wake);
  auto step = queue.advance(1, fine(), now += 2us);
  CHECK_FALSE(step.call);
  auto rest = calls(4, 1);
  CHECK(queue.push(rest, now) == std::vector<std::uint32_t>{1});
}

TEST_CASE("answers are announced before a long call, after enough work, and at the end") {
  pool_queue queue{1, true};
  steady::time_point now{};
  auto batch = calls(1, 2);
  auto slow = calls(3, 1, 500);
  queue.push(batch, now);
  queue.push(slow, now);
  CHECK_FALSE(queue.begin(0, now).announce);
  CHECK_FALSE(queue.advance(0, fine(), now += 2us).announce);
  SECTION("before a long call") {
    CHECK(queue.advance(0, fine(), now += 2us).announce);
    CHECK(answers(queue).size() == 2);
  }
  SECTION("not twice before they were collected") {
    CHECK(queue.advance(0, fine(), now += 2us).announce);
    CHECK_FALSE(queue.advance(0, fine(), now += 500us).announce);
    CHECK(answers(queue).size() == 3);
  }
  SECTION("after enough work") {
    auto more = calls(4, 100);
    queue.push(more, now);
    queue.advance(0, fine(), now += 2us);
    answers(queue);
    CHECK_FALSE(queue.advance(0, fine(), now += 500us).announce);
    CHECK_FALSE(queue.advance(0, fine(), now += 100us).announce);
    CHECK(queue.advance(0, fine(), now += 100us).announce);
  }
}

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

TEST_CASE("threads that push, run, cancel and collect at once lose no call and answer none twice") {
  constexpr std::uint64_t total = 20'000;
  pool_queue queue{2, true};
  std::atomic<bool> over = false;
  std::array<std::counting_semaphore<>, 2> bells{std::counting_semaphore<>{0},
                                                 std::counting_semaphore<>{0}};
  auto slot = [&](std::uint32_t index) {
    for (bells[index].acquire(); !over; bells[index].acquire()) {
      auto step = queue.begin(index, steady::now());
      while (step.call) {
        if (step.wake) bells[*step.wake].release();
        step = queue.advance(index, fine(), steady::now());
      }
    }
  };
  std::thread first{slot, 0};
  std::thread second{slot, 1};
  std::vector<std::uint32_t> seen(total + 1);
  std::uint64_t count = 0;
  auto gather = [&] {
    for (auto& done : queue.collect())
      for (auto& result : done.results) {
        ++seen[result.id];
        ++count;
      }
  };
  for (std::uint64_t id = 1; id <= total; id += 50) {
    auto batch = calls(id, 50);
    for (auto woken : queue.push(batch, steady::now()))
      bells[woken].release();
    std::vector<std::uint64_t> ids{id + 10, id + 20, id + 49};
    queue.cancel(gateway, ids, steady::now());
    queue.load(steady::now());
    gather();
  }
  auto until = steady::now() + 30s;
  while (count < total && steady::now() < until)
    gather();
  over = true;
  bells[0].release();
  bells[1].release();
  first.join();
  second.join();
  CHECK(count == total);
  CHECK(std::all_of(seen.begin() + 1, seen.end(), [](auto n) { return n == 1; }));
}
