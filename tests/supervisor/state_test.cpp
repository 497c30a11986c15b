#include "deploy/supervisor/state.hpp"

#include "tests/support/catch.hpp"

using namespace squall::supervisor;

TEST_CASE("a state is the same behind its text") {
  state now;
  now.wanted.name = "shop";
  now.sockets = {{"127.0.0.1:8888", 4711}};
  known_process known;
  known.spec.name = "w-1";
  known.spec.flags = {{"pool", {"prime=2", "sleep=8"}}};
  known.id = {1234, 5678};
  known.draining = true;
  known.restarts = 3;
  known.watchdog = std::chrono::seconds(30);
  now.processes = {known};
  const auto again = parse_state(to_text(now));
  CHECK(again.wanted.name == "shop");
  CHECK(again.sockets == now.sockets);
  REQUIRE(again.processes.size() == 1);
  CHECK(again.processes[0].spec == known.spec);
  CHECK(again.processes[0].id == known.id);
  CHECK(again.processes[0].draining);
  CHECK(again.processes[0].restarts == 3);
  CHECK(again.processes[0].watchdog == std::chrono::seconds(30));
}

TEST_CASE("a state that is none, or another version's, is refused") {
  CHECK_THROWS_AS(parse_state(""), std::runtime_error);
  CHECK_THROWS_AS(parse_state("{}"), std::runtime_error);
  CHECK_THROWS_WITH(parse_state(R"({"version": 99})"),
                    Catch::Matchers::ContainsSubstring("version 99"));
}
