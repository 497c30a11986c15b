#include "deploy/cli/bench/pending.hpp"

#include "deploy/cli/bench/schedule.hpp"
#include "tests/support/catch.hpp"

#include <optional>

using namespace squall::cli::bench;

TEST_CASE("without ids the oldest question is answered") {
  pending waiting(2);
  for (std::uint32_t i = 0; i < 100; ++i) {
    waiting.add(i, i);
    waiting.add(i + 1'000, i);
    CHECK(waiting.full());
    CHECK(waiting.remove(std::nullopt)->question == i);
    CHECK(waiting.remove(std::nullopt)->question == i + 1'000);
  }
  CHECK(waiting.size() == 0);
  CHECK_FALSE(waiting.remove(std::nullopt));
}

TEST_CASE("with ids answers come in any order, each once") {
  pending waiting(3);
  const auto a = waiting.add(1, 10);
  const auto b = waiting.add(2, 20);
  const auto c = waiting.add(3, 30);
  CHECK(waiting.remove(b)->since_ns == 20);
  CHECK_FALSE(waiting.remove(b));
  const auto d = waiting.add(4, 40);
  CHECK(d == b);
  CHECK(waiting.remove(c)->question == 3);
  CHECK(waiting.remove(a)->question == 1);
  CHECK(waiting.remove(d)->question == 4);
  CHECK_FALSE(waiting.remove(99));
}

TEST_CASE("a schedule deals evenly and does not drift") {
  const schedule plan(1'000, 4, 500);
  CHECK(plan.at(0) == 500);
  CHECK(plan.at(1) == 500 + 1'000'000);
  CHECK(plan.at(3'600'000) == 500 + 3'600'000'000'000);
  CHECK(plan.connection_of(6) == 2);
  CHECK(plan.due(2, 1) == plan.at(6));
}
