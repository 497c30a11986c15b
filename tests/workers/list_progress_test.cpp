#include "workers/list_progress.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace squall::workers;

TEST_CASE("a list tells how much of it is done") {
  std::vector<std::string> told;
  list_progress progress([&](std::string json) { told.push_back(std::move(json)); }, 3);
  CHECK(told.empty());
  progress.step();
  progress.step();
  CHECK(told == std::vector<std::string>{R"({"done":1,"of":3})", R"({"done":2,"of":3})"});
}

TEST_CASE("a list that nobody watches tells nothing") {
  list_progress progress({}, 3);
  CHECK_NOTHROW(progress.step());
}
