#include "actors/join_count.hpp"

#include "tests/support/catch.hpp"

#include <utility>
#include <vector>

using squall::actors::join_count;

TEST_CASE("whoever wants to know how many gateways are joined is told of each change") {
  std::vector<std::pair<std::size_t, std::size_t>> told;
  const auto count = std::make_shared<join_count>(
      [&told](std::size_t joined, std::size_t known) { told.emplace_back(joined, known); });
  count->know(2);
  auto one = join_count::join(count);
  {
    const auto other = join_count::join(count);
    count->know(3);
  }
  one.reset();
  one.reset();
  const std::vector<std::pair<std::size_t, std::size_t>> all{{0, 2}, {1, 2}, {2, 2},
                                                             {2, 3}, {1, 3}, {0, 3}};
  CHECK(told == all);
}

TEST_CASE("gateways are joined without anybody who counts, too") {
  CHECK(join_count::join(nullptr) == nullptr);
}
