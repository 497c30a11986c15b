#include "workers/registry.hpp"

#include "tests/support/catch.hpp"

#include <stdexcept>

using namespace squall::workers;

namespace {

kind computing(std::string name) {
  kind made;
  made.info.name = std::move(name);
  made.run = [](const task&) { return outcome::ok("1"); };
  return made;
}

} // namespace

TEST_CASE("the registry finds kinds by name") {
  auto kinds = built_in_kinds();
  REQUIRE(kinds.find("prime") != nullptr);
  CHECK(kinds.find("prime")->info.cpu_bound);
  REQUIRE(kinds.find("sleep") != nullptr);
  CHECK_FALSE(kinds.find("sleep")->info.cpu_bound);
  CHECK(kinds.find("nap") == nullptr);
}

TEST_CASE("a program adds its own kinds to those that come with it") {
  auto kinds = built_in_kinds();
  kinds.add(computing("mine"));
  CHECK(kinds.find("mine") != nullptr);
  CHECK(kinds.names() == "fetch, mine, prime, sleep");
  CHECK(kinds.all_names() == std::vector<std::string>{"fetch", "mine", "prime", "sleep"});
}

TEST_CASE("a kind without a name, with a taken one, or without its function is refused") {
  auto kinds = built_in_kinds();
  CHECK_THROWS_AS(kinds.add(computing("")), std::invalid_argument);
  CHECK_THROWS_AS(kinds.add(computing("prime")), std::invalid_argument);
  auto wrong = computing("wrong");
  wrong.info.cpu_bound = false;
  CHECK_THROWS_AS(kinds.add(wrong), std::invalid_argument);
}
