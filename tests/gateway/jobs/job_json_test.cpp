#include "gateway/jobs/job_json.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using namespace squall::gateway;
using nlohmann::json;
using proto::item_state;

namespace {

constexpr std::uint64_t moment = 1'700'000'000'007;
constexpr std::string_view moment_text = "2023-11-14T22:13:20.007Z";

/// With every time and text that a view has.
proto::job_view full(item_state state) {
  proto::job_view job;
  job.id = *proto::job_id_of("018bcfe5-6807-7000-8000-000000000001");
  job.queue = "default";
  job.kind = "a \"kind\"";
  job.state = state;
  job.priority = 9;
  job.attempt = 2;
  job.max_attempts = 5;
  job.created_ms = moment;
  job.due_ms = moment;
  job.started_ms = moment;
  job.ended_ms = moment;
  job.worker = "w1";
  job.attempts = {{1, moment, "no", "w0"}};
  job.params = R"({"b":1,"a": 2.50})";
  job.result = "[1 ,2]";
  job.progress = R"({"at": 0.5})";
  return job;
}

proto::queue_answer answer_of(std::vector<proto::job_view> jobs) {
  proto::queue_answer answer;
  answer.op = proto::queue_op::job_get;
  answer.jobs = std::move(jobs);
  return answer;
}

} // namespace

TEST_CASE("a job is told with all that applies to it, its params and result as they are") {
  CHECK(job_json(answer_of({full(item_state::done)})) ==
        R"({"id":"018bcfe5-6807-7000-8000-000000000001","queue":"default","kind":"a \"kind\"",)"
        R"("state":"done","priority":9,"attempt":2,"max_attempts":5,)"
        R"("created_at":"2023-11-14T22:13:20.007Z","expires_at":"2023-11-14T22:13:20.007Z",)"
        R"("started_at":"2023-11-14T22:13:20.007Z","ended_at":"2023-11-14T22:13:20.007Z",)"
        R"("worker":"w1","attempts":[)"
        R"({"attempt":1,"at":"2023-11-14T22:13:20.007Z","error":"no","worker":"w0"}],)"
        R"("progress":{"at": 0.5},"params":{"b":1,"a": 2.50},"result":[1 ,2]})");
}

TEST_CASE("what does not apply to a job is left out") {
  proto::job_view job;
  job.id = *proto::job_id_of("018bcfe5-6807-7000-8000-000000000001");
  job.queue = "q";
  job.kind = "k";
  job.max_attempts = 1;
  job.created_ms = moment;
  CHECK(job_json(answer_of({job})) ==
        R"({"id":"018bcfe5-6807-7000-8000-000000000001","queue":"q","kind":"k","state":"ready",)"
        R"("priority":5,"attempt":0,"max_attempts":1,"created_at":"2023-11-14T22:13:20.007Z",)"
        R"("attempts":[]})");
  job.existed = true;
  CHECK(json::parse(job_json(answer_of({job})))["existed"] == true);
}

TEST_CASE("the time that is next is named by the state") {
  const std::pair<item_state, std::string> names[] = {{item_state::delayed, "run_at"},
                                                      {item_state::leased, "lease_until"},
                                                      {item_state::done, "expires_at"},
                                                      {item_state::cancelled, "expires_at"}};
  for (const auto& [state, name] : names) {
    const auto shown = json::parse(job_json(answer_of({full(state)})));
    CHECK(shown.at(name) == moment_text);
    CHECK(shown["state"] == job_state_name(state));
    CHECK(shown.contains("run_at") + shown.contains("lease_until") + shown.contains("expires_at") ==
          1);
  }
  for (const auto state : {item_state::ready, item_state::dead}) {
    const auto shown = json::parse(job_json(answer_of({full(state)})));
    CHECK(shown.contains("run_at") + shown.contains("lease_until") + shown.contains("expires_at") ==
          0);
  }
}

TEST_CASE("every state has its name") {
  const std::pair<item_state, std::string> names[] = {
      {item_state::ready, "ready"},   {item_state::delayed, "scheduled"},
      {item_state::leased, "leased"}, {item_state::dead, "dead"},
      {item_state::done, "done"},     {item_state::cancelled, "cancelled"}};
  CHECK(std::size(names) == proto::item_states);
  for (const auto& [state, name] : names)
    CHECK(job_state_name(state) == name);
}

TEST_CASE("a list has its jobs in order, and a cursor when it goes on") {
  auto answer = answer_of({});
  CHECK(jobs_json(answer) == R"({"jobs":[]})");
  answer.jobs = {full(item_state::ready), full(item_state::dead)};
  answer.next = 18'446'744'073'709'551'615U;
  const auto shown = json::parse(jobs_json(answer));
  REQUIRE(shown["jobs"].size() == 2);
  CHECK(shown["jobs"][1]["state"] == "dead");
  CHECK(shown["cursor"] == "18446744073709551615");
}
