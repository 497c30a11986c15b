#include "gateway/net/timing_wheel.hpp"

#include "tests/support/catch.hpp"

#include <map>
#include <random>

using squall::gateway::net::timing_wheel;
using namespace std::chrono_literals;

TEST_CASE("a wheel calls every entry once, after its time and within two steps of it") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};
  auto now = timing_wheel::clock::now();
  timing_wheel wheel{now};
  std::map<std::uint64_t, timing_wheel::clock::time_point> waiting;
  for (std::uint64_t id = 0; id < 5'000; ++id) {
    const auto due = now + std::chrono::milliseconds(random() % 200'000); // several turns
    wheel.add(id, due);
    waiting.emplace(id, due);
  }
  while (!wheel.empty()) {
    now += std::chrono::milliseconds(random() % 120);
    wheel.advance(now, [&](std::uint64_t id, timing_wheel::clock::time_point due) {
      CHECK(due <= now);
      CHECK(waiting.erase(id) == 1);
    });
    for (const auto& [id, due] : waiting)
      if (due + 2 * timing_wheel::step < now) FAIL("entry " << id << " is late");
  }
  CHECK(waiting.empty());
}

TEST_CASE("a wheel that nobody turned for long catches up") {
  auto now = timing_wheel::clock::now();
  timing_wheel wheel{now};
  wheel.add(1, now + 10ms);
  wheel.add(2, now + 1h);
  int called = 0;
  wheel.advance(now + 59min, [&](auto id, auto) { called += id == 1 ? 1 : 100; });
  CHECK(called == 1);
  wheel.advance(now + 61min, [&](auto id, auto) { called += id == 2 ? 1 : 100; });
  CHECK(called == 2);
  CHECK(wheel.empty());
}

TEST_CASE("an entry whose time is over already is called at the next turn") {
  auto now = timing_wheel::clock::now();
  timing_wheel wheel{now};
  wheel.add(7, now - 1s);
  int called = 0;
  wheel.advance(now, [&](auto, auto) { ++called; });
  CHECK(called == 1);
}
