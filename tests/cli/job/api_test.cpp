#include "deploy/cli/job/api.hpp"

#include "deploy/cli/exit_code.hpp"
#include "tests/support/catch.hpp"

using namespace squall::cli;

TEST_CASE("a job is written with what was said of it, its params as they stand") {
  job_options options{"prime"};
  CHECK(job_entry(options, R"({"n": 123456789012345678901234567890})") ==
        R"({"kind":"prime","params":{"n": 123456789012345678901234567890}})");
  options.set("queue", "mail");
  options.set("delay_ms", 90'000);
  options.key = "a\"b";
  CHECK(job_entry(options, "{}") ==
        R"({"kind":"prime","queue":"mail","delay_ms":90000,"idempotency_key":"a\"b","params":{}})");
}

TEST_CASE("jobs of lines have keys of their own, none when there is no key") {
  job_options options{"k"};
  CHECK(job_entry(options, "1", 7) == R"({"kind":"k","params":1})");
  options.key = "run";
  CHECK(job_entry(options, "1", 7) == R"({"kind":"k","idempotency_key":"run/7","params":1})");
}

TEST_CASE("a job's path, and what is no job's id") {
  CHECK(job_path("0198E5A1-5c2e-7000-8000-000000000001", "?wait_ms=5") ==
        "/v1/jobs/0198e5a1-5c2e-7000-8000-000000000001?wait_ms=5");
  for (const auto* id : {"", "7", "../queues", "0198e5a1-5c2e-4000-8000-000000000001"}) {
    CAPTURE(id);
    CHECK_THROWS_AS(job_path(id), misuse);
  }
}

TEST_CASE("a list is asked for with what was given") {
  CHECK(list_jobs({}, 50, "").target == "/v1/jobs?limit=50");
  CHECK(list_jobs({"mail", "a&b", {"done", "dead"}}, 1'000, "x=1").target ==
        "/v1/jobs?limit=1000&queue=mail&kind=a%26b&state=done&state=dead&cursor=x%3D1");
}

TEST_CASE("a job's state is read, and the error of its last attempt") {
  const auto job = read_job(
      R"({"id":"x","state":"dead","attempt":2,"max_attempts":2,"attempts":[)"
      R"({"attempt":1,"error":"first"},{"attempt":2,"error":"second"}],"params":{"state":"ready"}})");
  CHECK(job.id == "x");
  CHECK(job.state == "dead");
  CHECK(job.attempt == 2);
  CHECK(job.error == "second");
  CHECK(job.ended());
}

TEST_CASE("a job's progress is read so that a terminal can show it") {
  CHECK(read_job(R"({"id":"x","progress":{"a" : "\u001bé"}})").progress ==
        R"({"a":"\u001b\u00e9"})");
  CHECK(read_job(R"({"id":"x"})").progress.empty());
  CHECK(read_job("7").progress.empty());
}

TEST_CASE("only what is done, dead or cancelled has ended") {
  for (const auto* state : {"done", "dead", "cancelled"})
    CHECK(job_state{"", state, 0, 0, ""}.ended());
  for (const auto* text : {"", "7", "[]", "{}", R"({"state":7})", R"({"state":"ready"})",
                           R"({"state":"leased","attempts":[7]})"}) {
    CAPTURE(text);
    CHECK_FALSE(read_job(text).ended());
  }
}
