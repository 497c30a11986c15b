#include "deploy/cli/table.hpp"

#include "tests/support/catch.hpp"

using namespace squall::cli;

TEST_CASE("columns are aligned, numbers at the right, and no line ends in spaces") {
  table t({"NAME", "COUNT", "STATE"});
  t.add({"a", cell(std::uint64_t{7}), "up"});
  t.add({"longer", cell(std::uint64_t{12345}), ""});
  CHECK(t.render(false) == "NAME     COUNT  STATE\n"
                           "a            7  up\n"
                           "longer  12,345\n");
}

TEST_CASE("colours do not move the columns") {
  table t({"A", "B"});
  t.add({cell("x", tone::bad), "y"});
  CHECK(t.render(true) == "\x1b[1mA\x1b[0m  \x1b[1mB\x1b[0m\n\x1b[31mx\x1b[0m  y\n");
}

TEST_CASE("control characters of a name do not reach the terminal") {
  table t({"NAME"});
  t.add({"a\x1b[2Jb\n"});
  CHECK(t.render(false) == "NAME\na?[2Jb?\n");
}
