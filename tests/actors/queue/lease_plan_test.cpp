#include "actors/queue/lease_plan.hpp"

#include "tests/support/catch.hpp"

#include <map>
#include <random>

using namespace squall;
using namespace std::chrono_literals;
using actors::lease_plan;
using asks = std::vector<lease_plan::ask>;

namespace {

constexpr lease_plan::time_point start{1h};
constexpr auto long_wait = lease_plan::long_wait;
constexpr auto stay = lease_plan::stay;

lease_plan plan_of(std::uint32_t tokens, std::uint32_t gateways) {
  lease_plan plan{tokens};
  for (std::uint32_t i = 1; i <= gateways; ++i)
    plan.add(i);
  return plan;
}

} // namespace

TEST_CASE("at a single gateway all free tokens wait") {
  auto plan = plan_of(10, 1);
  CHECK(plan.next(start) == asks{{1, 10, long_wait}});
  CHECK(plan.next(start).empty());
  plan.answered(1, 3, false, start + 1s);
  CHECK(plan.next(start + 1s) == asks{{1, 7, long_wait}});
  plan.item_ended();
  CHECK(plan.next(start + 2s).empty()); // one request at a time
  plan.answered(1, 0, false, start + 21s);
  CHECK(plan.next(start + 21s) == asks{{1, 8, long_wait}});
}

TEST_CASE("no gateway is asked while every token has its item") {
  auto plan = plan_of(2, 1);
  plan.next(start);
  plan.answered(1, 2, false, start);
  CHECK(plan.next(start).empty());
  CHECK_FALSE(plan.next_look());
  plan.item_ended();
  CHECK(plan.next(start) == asks{{1, 1, long_wait}});
}

TEST_CASE("a request asks for so many items at most") {
  auto plan = plan_of(5'000, 1);
  CHECK(plan.next(start) == asks{{1, lease_plan::most_at_once, long_wait}});
}

TEST_CASE("of several gateways those without items hold one token, the others get the rest") {
  auto plan = plan_of(10, 3);
  CHECK(plan.next(start) == asks{{1, 1, long_wait}, {2, 1, long_wait}, {3, 1, long_wait}});
  plan.answered(2, 1, false, start + 1s);
  CHECK(plan.next(start + 1s) == asks{{2, 7, 0ms}});
  plan.answered(2, 7, false, start + 1s);
  CHECK(plan.next(start + 1s).empty());
  plan.answered(1, 1, false, start + 2s);
  CHECK(plan.next(start + 2s).empty());
  // Both have items now, and take turns.
  plan.item_ended();
  CHECK(plan.next(start + 3s) == asks{{1, 1, 0ms}});
  plan.item_ended();
  CHECK(plan.next(start + 3s) == asks{{2, 1, 0ms}});
  plan.answered(2, 0, false, start + 4s);
  CHECK(plan.next(start + 4s) == asks{{2, 1, long_wait}});
}

TEST_CASE("gateways with items share the free tokens") {
  auto plan = plan_of(10, 2);
  plan.next(start);
  plan.answered(1, 1, false, start);
  plan.answered(2, 1, false, start);
  CHECK(plan.next(start) == asks{{1, 4, 0ms}, {2, 4, 0ms}});
}

TEST_CASE("fewer tokens than gateways go around") {
  auto plan = plan_of(1, 3);
  CHECK(plan.next(start) == asks{{1, 1, stay}});
  plan.answered(1, 0, false, start + stay);
  CHECK(plan.next(start + stay) == asks{{2, 1, stay}});
  plan.answered(2, 0, false, start + 2 * stay);
  CHECK(plan.next(start + 2 * stay) == asks{{3, 1, stay}});
  plan.answered(3, 0, false, start + 3 * stay);
  CHECK(plan.next(start + 3 * stay) == asks{{1, 1, stay}});
}

TEST_CASE("a token that goes around works where items are, and looks in at the others") {
  auto plan = plan_of(1, 2);
  plan.next(start);
  plan.answered(1, 1, false, start);
  plan.item_ended();
  auto now = start;
  std::map<std::uint32_t, int> asked;
  for (; now < start + 10s; now += 10ms) {
    auto made = plan.next(now);
    REQUIRE(made.size() == 1);
    CHECK(made[0].wait == 0ms);
    ++asked[made[0].gateway];
    plan.answered(made[0].gateway, made[0].gateway == 1, false, now);
    if (made[0].gateway == 1) plan.item_ended();
  }
  CHECK(asked[2] >= 35);
  CHECK(asked[2] <= 40);
}

TEST_CASE("a gateway that refuses, or does not wait, is asked again after a pause") {
  auto plan = plan_of(1, 1);
  plan.next(start);
  const bool failed = GENERATE(true, false);
  plan.answered(1, 0, failed, start + 1s);
  CHECK(plan.next(start + 1s).empty());
  CHECK(plan.next_look() == start + 1s + lease_plan::pause);
  CHECK(plan.next(start + 1s + lease_plan::pause) == asks{{1, 1, long_wait}});
  CHECK_FALSE(plan.next_look());
}

TEST_CASE("a request that was taken back, or whose gateway is gone, frees its tokens") {
  auto plan = plan_of(4, 1);
  plan.next(start);
  plan.recalled(1);
  plan.add(2);
  CHECK(plan.next(start) == asks{{2, 1, long_wait}, {1, 1, long_wait}});
  plan.remove(1);
  plan.answered(1, 0, false, start);
  plan.answered(2, 1, false, start);
  CHECK(plan.next(start) == asks{{2, 3, long_wait}});
}

TEST_CASE("whatever the answers, no token is held twice, and items anywhere are found") {
  std::mt19937 random{42};
  auto pick = [&](std::uint32_t most) { return random() % (most + 1); };
  for (int round = 0; round < 300; ++round) {
    const auto tokens = 1 + pick(5);
    const auto gateways = 1 + pick(4);
    auto plan = plan_of(tokens, gateways);
    std::map<std::uint32_t, std::pair<lease_plan::ask, lease_plan::time_point>> out;
    std::uint32_t held = 0;
    std::uint32_t running = 0;
    const auto full = 1 + pick(gateways - 1); // the one gateway that has items without end
    std::uint32_t found = 0;
    auto now = start;
    for (int turn = 0; turn < 400; ++turn, now += 10ms) {
      for (auto& ask : plan.next(now)) {
        REQUIRE(out.emplace(ask.gateway, std::pair{ask, now}).second);
        held += ask.count;
      }
      REQUIRE(held + running <= tokens);
      for (auto& [gateway, request] : std::map{out}) {
        auto& [ask, since] = request;
        if (gateway != full && now - since < ask.wait) continue;
        const auto items = gateway == full ? ask.count : 0;
        out.erase(gateway);
        held -= ask.count;
        running += items;
        found += items;
        plan.answered(gateway, items, false, now);
      }
      for (; running > 0 && pick(1) == 0; --running)
        plan.item_ended();
    }
    INFO(tokens << " tokens, " << gateways << " gateways");
    CHECK(found > 50);
  }
}
