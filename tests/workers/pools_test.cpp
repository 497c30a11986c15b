#include "workers/pools.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/refusal.hpp"

#include <thread>

using namespace squall;
using namespace squall::workers;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string refusal(const std::vector<std::string>& texts) {
  return tests::refusal_of([&] { parse_pools(texts, built_in_kinds()); });
}

} // namespace

TEST_CASE("a pool is a kind and a number of slots") {
  auto kinds = built_in_kinds();
  CHECK(parse_pool("prime=3", kinds) == pool_order{"prime", 3});
  CHECK(parse_pool("sleep=auto", kinds) == pool_order{"sleep", 1'000});
  CHECK(parse_pool("prime", kinds).slots == std::max(1U, std::thread::hardware_concurrency()));
}

TEST_CASE("a pool that makes no sense is refused with the reason") {
  CHECK_THAT(refusal({"prim=2"}), ContainsSubstring("prim") && ContainsSubstring("prime, sleep"));
  for (auto text : {"prime=", "prime=0", "prime=-1", "prime=two", "prime=2x", "prime=1025"}) {
    INFO(text);
    CHECK_THAT(refusal({text}), ContainsSubstring("from 1 to 1024"));
  }
  CHECK_THAT(refusal({"prime=1", "prime=2"}), ContainsSubstring("two pools for the kind prime"));
  CHECK_THAT(refusal({""}), ContainsSubstring("known kinds"));
}

TEST_CASE("a process without a name is called by its host and pid") {
  auto who = describe_process("", false);
  CHECK(who.name == who.host + "-" + std::to_string(who.pid));
  CHECK(describe_process("north", true).name == "north");
  CHECK(who.id != describe_process("", false).id);
}
