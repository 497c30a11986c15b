#include "actors/router_deadlines.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>
#include <random>

using namespace squall::actors;
using std::chrono::milliseconds;
using entries = std::vector<std::uint32_t>;

namespace {

constexpr router_deadlines::time_point start{std::chrono::hours{50}};

entries expired(router_deadlines& deadlines, milliseconds after_start) {
  entries due;
  deadlines.expire(start + after_start, due);
  std::ranges::sort(due);
  return due;
}

} // namespace

TEST_CASE("a deadline expires when it has passed, never earlier") {
  router_deadlines deadlines;
  deadlines.add(1, start + milliseconds{15});
  deadlines.add(2, start + milliseconds{18});
  deadlines.add(3, start + milliseconds{500});
  CHECK(expired(deadlines, milliseconds{14}).empty());
  CHECK(expired(deadlines, milliseconds{15}) == entries{1});
  CHECK(expired(deadlines, milliseconds{19}) == entries{2});
  CHECK(expired(deadlines, milliseconds{499}).empty());
  CHECK(expired(deadlines, milliseconds{510}) == entries{3});
  CHECK(deadlines.empty());
}

TEST_CASE("a deadline further away than one turn of the wheel waits for its turn") {
  router_deadlines deadlines;
  deadlines.add(1, start + std::chrono::minutes{10});
  CHECK(expired(deadlines, std::chrono::minutes{9}).empty());
  CHECK(expired(deadlines, std::chrono::minutes{10}) == entries{1});
}

TEST_CASE("a deadline that has passed already expires at the next look") {
  router_deadlines deadlines;
  CHECK(expired(deadlines, std::chrono::seconds{5}).empty());
  deadlines.add(1, start);
  CHECK(expired(deadlines, std::chrono::seconds{5}) == entries{1});
}

TEST_CASE("an erased deadline never expires") {
  router_deadlines deadlines;
  deadlines.add(0, start);
  deadlines.add(1, start);
  deadlines.add(2, start);
  deadlines.erase(1);
  deadlines.erase(1);
  deadlines.erase(99);
  CHECK(expired(deadlines, milliseconds{10}) == entries{0, 2});
}

TEST_CASE("deadlines agree with a plain model through many changes") {
  std::mt19937 random{3};
  router_deadlines deadlines;
  std::map<std::uint32_t, milliseconds> model;
  milliseconds now{0};
  for (int i = 0; i < 30'000; ++i) {
    const auto entry = static_cast<std::uint32_t>(random() % 500);
    if (model.erase(entry) > 0) {
      deadlines.erase(entry);
    } else {
      model[entry] = now + milliseconds{random() % 100 == 0 ? random() % 90'000 : random() % 900};
      deadlines.add(entry, start + model[entry]);
    }
    if (random() % 4 != 0) continue;
    now += milliseconds{random() % 1'000 == 0 ? random() % 60'000 : random() % 30};
    entries expected;
    for (const auto& [each, deadline] : model)
      if (deadline <= now) expected.push_back(each);
    std::erase_if(model, [now](const auto& each) { return each.second <= now; });
    REQUIRE(expired(deadlines, now) == expected);
    REQUIRE(deadlines.empty() == model.empty());
  }
}
