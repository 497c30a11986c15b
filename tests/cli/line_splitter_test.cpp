#include "deploy/cli/line_splitter.hpp"

#include "tests/support/catch.hpp"

#include <stdexcept>

using namespace squall::cli;

TEST_CASE("lines are put together over any cuts") {
  const std::string input = "one\r\n\n  two  \nthree";
  const std::vector<numbered_line> expected{{1, "one"}, {3, "two"}, {4, "three"}};
  for (std::size_t step = 1; step <= input.size(); ++step) {
    CAPTURE(step);
    line_splitter splitter;
    std::vector<numbered_line> lines;
    for (std::size_t at = 0; at < input.size(); at += step) {
      splitter.feed(std::string_view(input).substr(at, step), lines);
    }
    splitter.finish(lines);
    CHECK(lines == expected);
  }
}

TEST_CASE("input without lines gives none") {
  line_splitter splitter;
  std::vector<numbered_line> lines;
  splitter.feed("", lines);
  splitter.feed("\n \n", lines);
  splitter.finish(lines);
  CHECK(lines.empty());
}

TEST_CASE("a line without end is refused before it fills the memory") {
  line_splitter splitter;
  std::vector<numbered_line> lines;
  const std::string part(1024 * 1024, 'x');
  const auto feed_all = [&] {
    for (int i = 0; i < 17; ++i)
      splitter.feed(part, lines);
  };
  CHECK_THROWS_AS(feed_all(), std::length_error);
}
