#include "deploy/supervisor/load_report.hpp"

#include "tests/support/catch.hpp"

using namespace squall::supervisor;

TEST_CASE("a report of load is one line that is read back") {
  const load_report report{
      {{"sleep", 24, 20, 7, 1'000, 12.5, {{"sleepers", {2, 16}}, {"front", {1, 8}}}},
       {"pri\"me", 0, 0, 0, 0, 0, {}}},
      {{"default", 9, 3, 70, true}, {"numbers\n", 1, 0, 18'446'744'073'709'551'615U, false}}};
  const auto text = to_text(report);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(parse_load_report(text) == report);
  CHECK(parse_load_report(to_text({})) == load_report{});
}

TEST_CASE("a text that is no report is none") {
  for (const auto* text : {"", "7", "null", "[]", "{}", R"({"kinds":[]})",
                           R"({"kinds":7,"queues":[]})", R"({"kinds":[{}],"queues":[]})",
                           R"({"kinds":[],"queues":[{"name":1}]})", R"({"kinds":[],"queues":[)"})
    CHECK_FALSE(parse_load_report(text));
}

TEST_CASE("a worker's group is its name without its number") {
  CHECK(group_of("sleepers-1") == "sleepers");
  CHECK(group_of("night-shift-12") == "night-shift");
  CHECK(group_of("a-b") == "a-b");
  CHECK(group_of("a1") == "a1");
  CHECK(group_of("-1").empty());
  CHECK(group_of("12") == "12");
  CHECK(group_of("").empty());
}
