#include "deploy/cli/progress.hpp"

#include "tests/support/catch.hpp"

using namespace squall::cli;
using namespace std::chrono_literals;

TEST_CASE("progress of a file has a bar, that of a pipe has none") {
  CHECK(render_progress({1'500, 0, 50, 100, 1s}) ==
        "[###############...............] 50 %  1,500 done  1,500/s");
  CHECK(render_progress({10, 2, 50, 0, 2s}) == "10 done, 2 failed  5/s");
  CHECK(render_progress({}) == "0 done");
}

TEST_CASE("a file that grew while it was read is full, not more") {
  CHECK(render_progress({1, 0, 200, 100, 0s}) == "[##############################] 100 %  1 done");
}
