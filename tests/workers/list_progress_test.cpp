#include "workers/list_progress.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace squall::workers;
using namespace std::chrono_literals;

TEST_CASE("a list tells how much of it is done, from time to time") {
  std::vector<std::string> told;
  list_progress progress([&](std::string json) { told.push_back(std::move(json)); }, 1'000'000'000);
  progress.step();
  CHECK(told.empty());
  std::size_t steps = 1;
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (told.size() < 2 && std::chrono::steady_clock::now() < until) {
    progress.step();
    ++steps;
  }
  REQUIRE(told.size() == 2);
  CHECK(told[0] != told[1]);
  CHECK(told[1] == R"({"done":)" + std::to_string(steps) + R"(,"of":1000000000})");
}

TEST_CASE("a list that nobody watches tells nothing") {
  list_progress progress({}, 3);
  CHECK_NOTHROW(progress.step());
}
