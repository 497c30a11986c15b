#include "deploy/supervisor/autoscale.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace squall::supervisor;
using namespace std::chrono_literals;
using squall::manifest::scaling;

namespace {

using time_point = autoscaler::time_point;

constexpr scaling limits{1, 16, 100ms, 60s};

/// A group whose load is known at every moment, looked at once a second.
struct scene {
  scaling between = limits;
  double slots = 8;
  double run_seconds = 0.01;
  std::uint32_t processes = 1;
  double backlog = 0;
  time_point now{};
  autoscaler policy;
  std::vector<std::uint32_t> changes;

  /// A second in which so many calls a second come.
  void second(double rate) {
    const auto most = slots * processes / run_seconds;
    const auto done = std::min(most, backlog + rate);
    backlog += rate - done;
    const demand now_due{slots, done * run_seconds, backlog, run_seconds};
    now += 1s;
    if (const auto step = policy.next(std::vector{now_due}, between, processes, processes, now)) {
      processes = step->processes;
      changes.push_back(processes);
    }
  }

  void seconds(int count, double rate) {
    for (int i = 0; i < count; ++i)
      second(rate);
  }
};

/// A group that has as many as it may, and needs them.
scene busy_scene() {
  scene group;
  group.between.max = 4;
  group.seconds(20, 3'200);
  REQUIRE(group.processes == 4);
  group.backlog = 0;
  group.changes.clear();
  return group;
}

} // namespace

TEST_CASE("calls that find no slot wait for their number times the pace of the slots") {
  CHECK(waiting_seconds({8, 8, 80, 0.1}, 1) == 1.0);
  CHECK(waiting_seconds({8, 8, 80, 0.1}, 4) == Approx(56 * 0.1 / 32));
  CHECK(waiting_seconds({8, 8, 80, 0.1}, 11) == 0);
  CHECK(waiting_seconds({8, 4, 0, 0.1}, 1) == 0);
  CHECK(std::isinf(waiting_seconds({8, 8, 1, {}}, 1)));
  CHECK(waiting_seconds({8, 8, 1, {}}, 2) == 0);
  CHECK(utilisation({8, 12, 0, {}}, 2) == 0.75);
}

TEST_CASE("enough is the smallest number that keeps both waiting and utilisation low") {
  const auto enough = [](const demand& of) { return enough_for(std::vector{of}, limits); };
  CHECK(enough({8, 0, 0, {}}) == 1);
  CHECK(enough({8, 6.4, 0, 0.01}) == 1);
  CHECK(enough({8, 6.5, 0, 0.01}) == 2);
  CHECK(enough({8, 8, 80, 0.01}) == 2);   // most of it is over when they are there
  CHECK(enough({8, 8, 80, 10.0}) == 11);  // none of it is: each needs a slot of its own
  CHECK(enough({8, 8, 80, {}}) == 11);    // and so when nobody knows
  CHECK(enough({8, 8, 1'000, 1}) == 16);  // as many as there may be
  CHECK(enough({1'000, 900, 9, 1}) == 2); // since more than 80% are busy
  CHECK(enough_for({}, limits) == 1);
}

TEST_CASE("a group needs what the kind needs that needs most") {
  CHECK(enough_for(std::vector<demand>{{8, 2, 0, 0.1}, {4, 15, 0, 0.1}}, limits) == 5);
}

TEST_CASE("a burst is met in steps that double") {
  scene group;
  group.seconds(10, 100);
  CHECK(group.changes.empty());
  group.seconds(2, 6'000);
  CHECK(group.changes == std::vector<std::uint32_t>{2, 4});
  group.seconds(20, 6'000);
  CHECK(group.processes >= 8); // 6,000 calls a second of 10 ms are 60 slots, of 8 each
  CHECK(utilisation({8, 60, 0, {}}, group.processes) <= most_utilisation);
}

TEST_CASE("when a burst is over, processes go one by one, and late") {
  auto group = busy_scene();
  group.seconds(60, 100);
  CHECK(group.changes.empty());
  group.second(100);
  CHECK(group.changes == std::vector<std::uint32_t>{3});
  group.seconds(29, 100);
  CHECK(group.changes.size() == 1);
  group.second(100);
  CHECK(group.changes.size() == 2);
  group.seconds(600, 100);
  CHECK(group.changes == std::vector<std::uint32_t>{3, 2, 1});
}

TEST_CASE("a pause between two bursts keeps the processes for the second one") {
  auto group = busy_scene();
  for (int i = 0; i < 10; ++i) {
    group.seconds(50, 0);
    group.seconds(2, 3'200);
  }
  CHECK(group.changes.empty());
}

TEST_CASE("a constant load settles, and nothing changes any more") {
  std::mt19937 random{7};
  for (int round = 0; round < 200; ++round) {
    scene group;
    group.slots = static_cast<double>(1 + random() % 50);
    group.run_seconds = std::exp2(-static_cast<double>(random() % 12));
    group.processes = 1 + static_cast<std::uint32_t>(random() % 16);
    const auto capacity = 16 * group.slots / group.run_seconds;
    const auto rate = capacity * static_cast<double>(random() % 120) / 100;
    group.seconds(60 * 20, rate);
    group.changes.clear();
    group.seconds(600, rate);
    CHECK(group.changes.empty());
  }
}

TEST_CASE("a load that trembles makes no process come and go") {
  std::mt19937 random{11};
  scene group;
  std::poisson_distribution<int> calls{2'600}; // 26 slots; 25.6 would be enough for 4 processes
  for (int i = 0; i < 600; ++i)
    group.second(calls(random));
  CHECK(group.processes == 5);
  group.changes.clear();
  for (int i = 0; i < 1'200; ++i)
    group.second(calls(random));
  CHECK(group.changes.empty());
}

TEST_CASE("whatever comes, the number stays within its limits and changes by the rules") {
  std::mt19937 random{3};
  const auto chance = [&random](double most) {
    return std::uniform_real_distribution<double>{0, most}(random);
  };
  for (int round = 0; round < 100; ++round) {
    const auto min = 1 + static_cast<std::uint32_t>(random() % 4);
    const scaling between{min, min + static_cast<std::uint32_t>(random() % 20), 100ms, 10s};
    autoscaler policy;
    auto processes = between.min;
    time_point now{}, last_up{}, last_down{};
    for (int i = 0; i < 500; ++i) {
      now += std::chrono::milliseconds{random() % 1'500};
      std::vector<demand> all(random() % 3);
      for (auto& each : all) {
        each = {1 + chance(20), chance(100), random() % 2 == 0 ? 0 : chance(500), {}};
        if (random() % 3 != 0) each.run_seconds = chance(2);
      }
      const auto ready = random() % 4 == 0 ? processes - 1 : processes;
      const auto step = policy.next(all, between, processes, ready, now);
      if (!step) continue;
      CHECK(step->processes >= between.min);
      CHECK(step->processes <= between.max);
      CHECK(step->processes != processes);
      CHECK(step->processes <= 2 * processes);
      CHECK_FALSE(step->because.empty());
      if (step->processes > processes) {
        CHECK((last_up == time_point{} || now - last_up >= autoscaler::up_pause));
        last_up = now;
      } else {
        CHECK(step->processes == processes - 1);
        CHECK(ready == processes);
        CHECK((last_down == time_point{} || now - last_down >= between.down_after / 2));
        last_down = now;
      }
      processes = step->processes;
    }
  }
}

TEST_CASE("the next step up waits for the processes of the last one, but not for ever") {
  autoscaler policy;
  const std::vector<demand> flood{{1, 1, 100, 1.0}};
  const time_point begin{};
  REQUIRE(policy.next(flood, limits, 1, 1, begin)->processes == 2);
  CHECK_FALSE(policy.next(flood, limits, 2, 2, begin + 500ms));
  CHECK_FALSE(policy.next(flood, limits, 2, 1, begin + 1s));
  CHECK_FALSE(policy.next(flood, limits, 2, 1, begin + 30s));
  CHECK(policy.next(flood, limits, 2, 1, begin + 31s)->processes == 4);
  CHECK_FALSE(policy.next(flood, limits, 4, 3, begin + 33s));
  CHECK(policy.next(flood, limits, 4, 4, begin + 34s)->processes == 8);
}

TEST_CASE("a step that failed is not tried again at once") {
  autoscaler policy;
  const std::vector<demand> flood{{1, 1, 100, 1.0}};
  const time_point begin{};
  REQUIRE(policy.next(flood, limits, 1, 1, begin));
  policy.failed(begin + 5s);
  CHECK_FALSE(policy.next(flood, limits, 1, 1, begin + 30s));
  CHECK(policy.next(flood, limits, 1, 1, begin + 36s));
}

TEST_CASE("a group's measure is that of the kind that needs most, and all that waits") {
  const std::vector<demand> all{{8, 4, 2, 0.01}, {4, 4, 8, 0.1}};
  CHECK(measure_of(all, 1) == measure{200ms, 10, 1});
  CHECK(measure_of(all, 4) == measure{0ms, 10, 0.25});
  CHECK(measure_of(std::vector<demand>{{4, 4, 8, {}}}, 1) == measure{std::nullopt, 8, 1});
  CHECK(measure_of({}, 1) == measure{0ms, 0, 0});
}

TEST_CASE("a step says why it is made") {
  const auto because = [](const demand& of, std::uint32_t processes) {
    return autoscaler{}.next(std::vector{of}, limits, processes, processes, time_point{})->because;
  };
  CHECK(because({8, 8, 680, 0.01}, 1) == "about 850 ms of waiting, 100 ms wanted");
  CHECK(because({8, 7.6, 0, 0.01}, 1) == "95% of its slots are busy");
  CHECK(because({8, 8, 12, {}}, 1) == "12 waiting, and none has ended yet");
}
