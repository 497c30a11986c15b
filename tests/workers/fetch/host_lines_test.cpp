#include "workers/fetch/host_lines.hpp"

#include "tests/support/catch.hpp"

using namespace squall::workers::fetch;

TEST_CASE("so many at a time go to one host, the others wait in their order") {
  host_lines<int> lines{2};
  CHECK(lines.enter("a", 1));
  CHECK(lines.enter("a", 2));
  CHECK_FALSE(lines.enter("a", 3));
  CHECK_FALSE(lines.enter("a", 4));
  CHECK(lines.enter("b", 5));
  CHECK(lines.leave("a") == 3);
  CHECK_FALSE(lines.enter("a", 6));
  CHECK(lines.leave("a") == 4);
  CHECK(lines.leave("a") == 6);
  CHECK_FALSE(lines.leave("a"));
  CHECK(lines.enter("a", 7));
  CHECK_FALSE(lines.leave("b"));
}

TEST_CASE("one that waits can be taken out, one that goes cannot") {
  host_lines<int> lines{1};
  CHECK(lines.enter("a", 1));
  CHECK_FALSE(lines.enter("a", 2));
  CHECK_FALSE(lines.enter("a", 3));
  CHECK(lines.withdraw("a", 2));
  CHECK_FALSE(lines.withdraw("a", 2));
  CHECK_FALSE(lines.withdraw("a", 1));
  CHECK_FALSE(lines.withdraw("b", 1));
  CHECK(lines.leave("a") == 3);
}
