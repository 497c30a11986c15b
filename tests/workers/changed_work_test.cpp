#include "workers/changed_work.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/refusal.hpp"

#include <algorithm>

using namespace squall;
using namespace squall::workers;

TEST_CASE("a change is said in one line") {
  const work_orders before{{{"prime", 2}, {"fetch", 4}}, {{"a", "prime", 1}, {"b", "prime", 1}}};
  const work_orders after{{{"sleep", 8}, {"prime", 3}}, {{"a", "sleep", 1}, {"b", "prime", 1}}};
  CHECK(changed_work(before, after) ==
        "prime 2 -> 3, queue a prime:1 -> sleep:1, sleep 8 (new), fetch gone");
  CHECK(changed_work(before, before).empty());
}

TEST_CASE("all mistakes are named at once, a line each") {
  const auto why = tests::refusal_of([] {
    parse_work({"prim=2", "prime=0", "sleep=2"}, {"a=prime:0", "b"}, built_in_kinds());
  });
  CHECK(std::count(why.begin(), why.end(), '\n') == 3);
  CHECK(why.starts_with("pool: unknown kind \"prim\""));
  const auto twice = tests::refusal_of([] {
    parse_work({"prime=1", "prime=2"}, {}, built_in_kinds());
  });
  CHECK(twice == "pool: there are two pools for the kind prime");
}

TEST_CASE("what is written well is read as flags are") {
  const work_orders expected{{{"prime", 2}}, {{"a", "sleep", 3}}};
  CHECK(parse_work({"prime=2"}, {"a=sleep:3"}, built_in_kinds()) == expected);
}
