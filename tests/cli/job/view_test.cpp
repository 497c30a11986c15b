#include "deploy/cli/job/view.hpp"

#include "gateway/queue/rfc3339.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall::cli;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;

TEST_CASE("the table names jobs, where they are, and how old they are") {
  const auto now = *squall::gateway::read_time("2026-01-01T00:02:05Z");
  const auto jobs = json::parse(R"([{"id":"x","state":"leased","kind":"prime","queue":"default",
    "attempt":2,"max_attempts":5,"created_at":"2026-01-01T00:00:00.500Z"}])");
  const auto text = render_jobs(jobs, now, false);
  for (const auto* part : {"ID", "STATE", "x", "leased", "prime", "default", "2 of 5", "2m 4s"}) {
    CAPTURE(part);
    CHECK_THAT(text, ContainsSubstring(part));
  }
  CHECK_THAT(render_jobs(jobs, now - 1'000'000, false), ContainsSubstring("0s")); // clocks differ
  CHECK(render_jobs(json::array(), now, false) == "No jobs.\n");
}

TEST_CASE("jobs with missing or strange members are shown as far as they can be") {
  const auto jobs = json::parse(R"([{}, 7, {"id":7,"state":[],"attempt":-1,"created_at":"then"}])");
  CHECK_NOTHROW(render_jobs(jobs, 0, true));
}

TEST_CASE("a job's state is one line") {
  CHECK(render_state({"x", "ready", 0, 5, ""}) == "x  ready");
  CHECK(render_state({"x", "leased", 2, 5, "e"}) == "x  leased, attempt 2 of 5");
  CHECK(render_state({"x", "leased", 1, 5, "", "[7]"}) == "x  leased, attempt 1 of 5  [7]");
}

TEST_CASE("a job that has no result says why") {
  CHECK(describe_failure({"x", "dead", 5, 5, "no luck"}) == "job x is dead: no luck");
  CHECK(describe_failure({"x", "dead", 0, 5, ""}) == "job x is dead");
  CHECK(describe_failure({"x", "cancelled", 1, 5, "no luck"}) == "job x is cancelled");
}
