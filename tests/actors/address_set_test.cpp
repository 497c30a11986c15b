#include "actors/address_set.hpp"
#include "tests/support/catch.hpp"

using namespace squall::actors;
using squall::proto::endpoint;

TEST_CASE("the difference of two sets of addresses is what came and what went") {
  endpoint a{"10.0.0.1", 1};
  endpoint b{"10.0.0.2", 1};
  endpoint c{"10.0.0.1", 2};
  auto changes = difference({a, b}, {b, c});
  CHECK(changes.added == std::vector{c});
  CHECK(changes.gone == std::vector{a});
  CHECK(difference({a, b}, {a, b}).added.empty());
  CHECK(difference({a, b}, {a, b}).gone.empty());
}

TEST_CASE("numeric addresses resolve to themselves, and no name to nothing") {
  CHECK(look_up("127.0.0.1") == std::vector<std::string>{"127.0.0.1"});
  CHECK(look_up("").empty());
}
