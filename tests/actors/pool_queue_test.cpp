#include "actors/pool_queue.hpp"

#include "tests/actors/pool_calls.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <semaphore>
#include <thread>

using namespace squall::test;

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
  pool_queue queue{9, true};
  steady::time_point now{};
  for (std::uint64_t id = 1; id <= 6; ++id) {
    auto single = calls(id, 1);
    REQUIRE(queue.push(single, now).size() == 1);
  }
  auto more = calls(7, 2);
  more[0].estimate_us = 300;
  REQUIRE(queue.push(more, now).size() == 2);
  for (std::uint32_t slot = 0; slot < 6; ++slot)
    CHECK_FALSE(queue.begin(slot, now).wake);
  auto step = queue.begin(6, now);
  CHECK(step.call->id == 7);
  REQUIRE(step.wake);
  CHECK(*step.wake == 8);
  CHECK(queue.begin(8, now).call->id == 8);
}

TEST_CASE("a slot that finds more work than expected has another one woken") {
  pool_queue queue{4, true};
  steady::time_point now{};
  auto first = calls(1, 1);
  REQUIRE(queue.push(first, now).size() == 1);
  auto more = calls(2, 2, 300);
  REQUIRE(queue.push(more, now).size() == 2);
  auto step = queue.begin(0, now);
  CHECK(step.call->id == 1);
  REQUIRE(step.wake);
  CHECK(*step.wake == 3);
}

TEST_CASE(
    "where handlers wait, every slot that is woken is one that was given out, and none is lost") {
  pool_queue queue{9, false};
  steady::time_point now{};
  auto batch = calls(1, 4, 10'000);
  for (const auto slot : queue.push(batch, now)) {
    const auto step = queue.begin(slot, now);
    CHECK(step.call);
    CHECK_FALSE(step.wake);
  }
  auto more = calls(5, 5, 10'000);
  CHECK(queue.push(more, now).size() == 5);
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

TEST_CASE("the newest word of a running call's progress comes out, not too often") {
  pool_queue queue{1, true};
  steady::time_point now{1h};
  auto batch = calls(1, 1);
  queue.push(batch, now);
  queue.begin(0, now);
  CHECK(queue.check(now).progress.empty());
  queue.tell(0, {1, gateway, 1}, "1");
  queue.tell(0, {1, gateway, 1}, "2");
  auto told = queue.check(now).progress;
  REQUIRE(told.size() == 1);
  CHECK(told[0].first == gateway);
  CHECK(told[0].second == squall::proto::call_progress{1, 1, "2"});
  queue.tell(0, {1, gateway, 1}, "3");
  CHECK(queue.check(now + 249ms).progress.empty());
  CHECK(queue.check(now + 250ms).progress.at(0).second.body == "3");
  CHECK(queue.check(now + 500ms).progress.empty());
}

TEST_CASE("only the call that a slot runs tells progress, and only short words") {
  pool_queue queue{1, true};
  steady::time_point now{1h};
  auto batch = calls(1, 2);
  queue.push(batch, now);
  queue.begin(0, now);
  queue.tell(0, {1, gateway, 2}, "another attempt's");
  queue.tell(0, {1, gateway + 1, 1}, "another gateway's");
  queue.tell(0, {1, gateway, 1}, std::string(squall::proto::most_progress_bytes + 1, '1'));
  CHECK(queue.check(now).progress.empty());
  queue.tell(0, {1, gateway, 1}, "too late");
  queue.advance(0, fine(), now);
  CHECK(queue.check(now).progress.empty());
  queue.tell(0, {1, gateway, 1}, "of the call before");
  CHECK(queue.check(now).progress.empty());
  queue.tell(0, {2, gateway, 1}, "1");
  CHECK(queue.check(now).progress.size() == 1);
  queue.drop(gateway);
  queue.tell(0, {2, gateway, 1}, "2");
  CHECK(queue.check(now + 1s).progress.empty());
}
