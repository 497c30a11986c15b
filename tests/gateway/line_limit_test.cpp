#include "gateway/line_limit.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace squall::gateway;
using namespace std::chrono_literals;

namespace {

const line_limit::time_point start{};

} // namespace

TEST_CASE("a sort of lines has one a minute, with the number of those that were left out") {
  line_limit lines;
  CHECK(lines.note("a", start) == 0);
  CHECK_FALSE(lines.note("a", start + 1s));
  CHECK_FALSE(lines.note("a", start + 59s));
  CHECK(lines.note("b", start + 59s) == 0);
  CHECK(lines.note("a", start + 60s) == 2);
  CHECK_FALSE(lines.note("a", start + 61s));
}

TEST_CASE("countless sorts of lines fill neither memory nor log") {
  line_limit lines;
  std::size_t told = 0;
  for (int i = 0; i < 10'000; ++i)
    told += lines.note(std::to_string(i), start).has_value();
  CHECK(told == line_limit::most);
  CHECK_FALSE(lines.note("another", start + 59s));
  CHECK(lines.note("another", start + 60s) == 0);
}
