#include "actors/router_index.hpp"

#include "tests/support/catch.hpp"

#include <random>
#include <unordered_map>

using squall::actors::router_index;

TEST_CASE("an index finds what was added and nothing else") {
  router_index index;
  CHECK_FALSE(index.find(1));
  CHECK_FALSE(index.find(0));
  index.add(1, 10);
  index.add(2, 20);
  CHECK(index.find(1) == 10U);
  CHECK(index.find(2) == 20U);
  index.erase(1);
  index.erase(7);
  CHECK_FALSE(index.find(1));
  CHECK(index.find(2) == 20U);
  CHECK(index.size() == 1);
}

TEST_CASE("an index agrees with the standard map through a hundred thousand changes") {
  std::mt19937_64 random{7};
  router_index index;
  std::unordered_map<std::uint64_t, std::uint32_t> model;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    // Few distinct keys, some of them far apart: collisions and long runs of full cells.
    const auto key = (random() % 400 + 1) << (random() % 2 * 48);
    if (model.contains(key)) {
      index.erase(key);
      model.erase(key);
    } else {
      index.add(key, i);
      model.emplace(key, i);
    }
    const auto probe = (random() % 400 + 1) << (random() % 2 * 48);
    const auto expected = model.find(probe);
    const auto found = index.find(probe);
    REQUIRE(found.has_value() == (expected != model.end()));
    if (found) REQUIRE(*found == expected->second);
    REQUIRE(index.size() == model.size());
  }
}
