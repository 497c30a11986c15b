#include "gateway/jobs/job_params.hpp"

#include "gateway/queue/queue_params.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::gateway;

namespace {

proto::queue_request read(std::string_view text, std::string_view key = {}) {
  proto::queue_request request;
  const auto wrong = read_jobs(request, text, key);
  INFO(wrong.value_or(""));
  REQUIRE_FALSE(wrong);
  return request;
}

std::string complaint_about(std::string_view text, std::string_view key = {}) {
  proto::queue_request request;
  return read_jobs(request, text, key).value_or("");
}

std::string header(std::string_view value) {
  std::string key;
  const auto wrong = read_key_header(value, key);
  return wrong ? *wrong : key;
}

std::uint64_t fingerprint(std::string_view text) {
  return read(text, "key").items.at(0).job.fingerprint;
}

} // namespace

TEST_CASE("a job needs nothing but its kind") {
  const auto request = read(R"({"kind":"prime"})");
  CHECK(request.op == proto::queue_op::put);
  CHECK(request.create);
  CHECK(request.timeout_ms == 0);
  CHECK(request.queue == "default");
  proto::new_item expected;
  expected.body = "{}";
  expected.job.kind = "prime";
  CHECK(request.items == std::vector{expected});
}

TEST_CASE("all that a client says of a job is read, its params as they are written") {
  const auto request = read(
      R"( { "kind":"a b", "params" : {"n": 1e400,"a":[1 ,2]} ,"queue":"mail","priority":9,)"
      R"("delay_ms":31622400000,"max_attempts":1000,"timeout_ms":86400000,"ttl_ms":315619200000,)"
      R"("result_ttl_ms":0,"unique_key":"u","idempotency_key":"i"} )");
  CHECK(request.queue == "mail");
  const auto& item = request.items.at(0);
  CHECK(item.body == R"({"n": 1e400,"a":[1 ,2]})");
  CHECK(item.priority == 9);
  CHECK(item.delay_ms == 31'622'400'000);
  CHECK(item.job.kind == "a b");
  CHECK(item.job.max_attempts == 1'000);
  CHECK(item.job.timeout_ms == 86'400'000);
  CHECK(item.job.ttl_ms == 315'619'200'000);
  CHECK(item.job.result_ttl_ms == 0);
  CHECK(item.job.unique_key == "u");
  CHECK(item.job.idempotency_key == "i");
  CHECK(item.job.fingerprint != 0);
  CHECK(read(R"({"kind":"k","run_at":"1970-01-01T00:00:00Z"})").items.at(0).delay_ms == 0);
  CHECK(read(R"({"kind":"k","params":null})").items.at(0).body == "null");
}

TEST_CASE("an array of jobs is put in its order, into one queue") {
  const auto request = read(R"([{"kind":"a","queue":"q"},{"kind":"b","queue":"q"}])", "key");
  CHECK(request.queue == "q");
  REQUIRE(request.items.size() == 2);
  CHECK(request.items[0].job.kind == "a");
  CHECK(request.items[0].job.idempotency_key == "key/0");
  CHECK(request.items[1].job.idempotency_key == "key/1");
  CHECK(complaint_about(R"([{"kind":"a"},{"kind":"b","queue":"q"}])") ==
        "job 1: queue: jobs that are submitted together go to one queue");
  CHECK(complaint_about("[]") == "at least one job is needed");
  CHECK(complaint_about("[1]") == R"(job 0: a job is an object with "kind")");
  std::string many = R"([{"kind":"a"})";
  for (int i = 1; i < 1'000; ++i)
    many += R"(,{"kind":"a"})";
  CHECK(read(many + "]").items.size() == 1'000);
  CHECK(complaint_about(many + R"(,{"kind":"a"}])") == "at most 1000 jobs are taken at a time");
}

TEST_CASE("a wrong member of a job is named, with what is needed") {
  using pair = std::pair<std::string, std::string>;
  for (const auto& [member, why] : std::initializer_list<pair>{
           {R"("kind":1)", "kind: a string is needed"},
           {R"("kind":"")", "kind: 1 to 128 bytes without control characters are needed"},
           {R"("kind":"a\u0000b")", "kind: 1 to 128 bytes without control characters are needed"},
           {R"("queue":"a/b")",
            R"(queue: a queue's name is 1 to 128 of A-Z, a-z, 0-9, ".", "_" and "-")"},
           {R"("priority":10)", "priority: an integer from 0 to 9 is needed"},
           {R"("delay_ms":-1)", "delay_ms: an integer from 0 to 31622400000 is needed"},
           {R"("max_attempts":0)", "max_attempts: an integer from 1 to 1000 is needed"},
           {R"("timeout_ms":86400001)", "timeout_ms: an integer from 0 to 86400000 is needed"},
           {R"("ttl_ms":315619200001)", "ttl_ms: an integer from 0 to 315619200000 is needed"},
           {R"("result_ttl_ms":1.5)", "result_ttl_ms: an integer from 0 to 315619200000 is needed"},
           {R"("unique_key":"\n")",
            "unique_key: 1 to 255 bytes without control characters are needed"},
           {R"("delay_ms":0,"run_at":"2020-01-01T00:00:00Z")",
            "delay_ms: not together with run_at"}}) {
    INFO(member);
    CHECK(complaint_about(R"({"kind":"k",)" + member + "}") == why);
  }
  CHECK(complaint_about(R"({"kind":"k","run_at":"soon"})").starts_with("run_at: an RFC 3339"));
  CHECK(complaint_about(R"({"kind":"k","body":1})").starts_with(R"(unknown field "body": )"));
  CHECK(complaint_about(R"({"params":{}})") == "kind: the name of a kind is needed");
  CHECK(complaint_about(R"({"kind":")" + std::string(129, 'x') + "\"}").starts_with("kind: "));
  for (const auto* text : {"", "1", "\"prime\""})
    CHECK(complaint_about(text) == R"(a job is an object with "kind")");
}

TEST_CASE("a header's key is the job's own, and must fit") {
  CHECK(read(R"({"kind":"k"})", "abc").items.at(0).job.idempotency_key == "abc");
  CHECK(complaint_about(R"({"kind":"k","idempotency_key":"a"})", "b") ==
        "idempotency_key: not together with the header Idempotency-Key");
  CHECK(read(R"({"kind":"k"})", std::string(255, 'x')).items.size() == 1);
  CHECK(complaint_about(R"([{"kind":"k"}])", std::string(254, 'x')) ==
        "job 0: idempotency_key: 1 to 255 bytes without control characters are needed");
}

TEST_CASE("a key stands for what the client wrote, in whatever order") {
  const auto one = fingerprint(R"({"kind":"k","params":{"n":1},"priority":3})");
  CHECK(one == fingerprint(R"( {"priority":3 , "params": {"n":1}, "kind":"k"})"));
  CHECK(one != fingerprint(R"({"kind":"k","params":{"n":2},"priority":3})"));
  CHECK(one != fingerprint(R"({"kind":"l","params":{"n":1},"priority":3})"));
  CHECK(one != fingerprint(R"({"kind":"k","params":{"n":1}})"));
  // A time counts as it is written, not as how long it is until then.
  const std::string at = R"({"kind":"k","run_at":"2020-01-0)";
  CHECK(fingerprint(at + R"(1T00:00:00Z"})") == fingerprint(at + R"(1T00:00:00Z"})"));
  CHECK(fingerprint(at + R"(1T00:00:00Z"})") != fingerprint(at + R"(2T00:00:00Z"})"));
  // From `printf 'kind:"k"\n' | sha256sum`: durable stores keep it.
  CHECK(fingerprint(R"({"kind":"k"})") == 0x57206bfe181be99b);
  CHECK(read(R"({"kind":"k","idempotency_key":"a"})").items.at(0).job.fingerprint ==
        fingerprint(R"({"kind":"k"})"));
  CHECK(read(R"({"kind":"k"})").items.at(0).job.fingerprint == 0);
}

TEST_CASE("the header Idempotency-Key is a string with quotes, or without") {
  CHECK(header("abc-1") == "abc-1");
  CHECK(header(R"("abc-1")") == "abc-1");
  CHECK(header(R"("a\"b\\c")") == R"(a"b\c)");
  CHECK(header(R"(")").starts_with("Idempotency-Key: "));
  CHECK(header(R"("abc)").starts_with("Idempotency-Key: "));
  CHECK(header(R"("abc\")").starts_with("Idempotency-Key: "));
  CHECK(header(R"("")").starts_with("Idempotency-Key: "));
  CHECK(header("\xff").starts_with("Idempotency-Key: "));
  CHECK(header(std::string(256, 'x')).starts_with("Idempotency-Key: "));
}

TEST_CASE("an object is a job, or has an array of them") {
  proto::queue_request request;
  submission how;
  CHECK_FALSE(read_submission(request, R"({"kind":"k"})", how));
  CHECK_FALSE(how.many);
  CHECK_FALSE(read_submission(request, R"({"jobs":[{"kind":"k"}]})", how));
  CHECK(how.many);
  CHECK(how.wait_ms == 0);
  CHECK(request.items.size() == 1);
  CHECK(request.create);
  CHECK(read_submission(request, R"({"jobs":[{"kind":"k"}],"kind":"k"})", how) ==
        "jobs: not together with other members");
  CHECK(read_submission(request, R"({"jobs":{"kind":"k"}})", how) ==
        "jobs: an array of jobs is needed");
  CHECK(read_submission(request, "[]", how));
}

TEST_CASE("who submits one job may wait for its end, which is no part of the job") {
  proto::queue_request request;
  submission how;
  CHECK_FALSE(
      read_submission(request, R"({"kind":"k","wait_ms":86400000,"idempotency_key":"a"})", how));
  CHECK(how.wait_ms == 86'400'000);
  CHECK(request.items.at(0).job.fingerprint == fingerprint(R"({"kind":"k"})"));
  CHECK(read_submission(request, R"({"kind":"k","wait_ms":86400001})", how) ==
        "wait_ms: an integer from 0 to 86400000 is needed");
  CHECK(read_submission(request, R"({"jobs":[{"kind":"k","wait_ms":1}]})", how)
            .value_or("")
            .starts_with(R"(job 0: unknown field "wait_ms")"));
  CHECK(complaint_about(R"({"kind":"k","wait_ms":1})").starts_with(R"(unknown field "wait_ms")"));

  proto::queue_answer answer;
  answer.jobs.emplace_back().id = proto::make_job_id(1, 2, 3);
  const auto wait = wait_for_end(answer, 7);
  CHECK(wait.op == proto::queue_op::job_get);
  CHECK(wait.jobs == std::vector{proto::make_job_id(1, 2, 3)});
  CHECK(wait.timeout_ms == 7);
  answer.jobs[0].params = "{}";
  answer.jobs[0].state = proto::item_state::done;
  make_submitted(answer, true);
  CHECK(answer.jobs[0].existed);
  CHECK(answer.jobs[0].params == "{}");
  answer.jobs[0].state = proto::item_state::leased;
  make_submitted(answer, false);
  CHECK(answer.jobs[0].params.empty());
}

TEST_CASE("params and results have a longest size; bodies of items do not") {
  auto request = read(R"({"kind":"k","params":"123"})");
  CHECK_FALSE(check_job_bytes(request, 5));
  CHECK(check_job_bytes(request, 4) == "params: at most 4 bytes are taken");
  request.items.at(0).job.kind.clear();
  CHECK_FALSE(check_job_bytes(request, 4));
  request.result = "12345";
  CHECK(check_job_bytes(request, 4) == "result: at most 4 bytes are taken");
}

TEST_CASE("a request is about no job when its id is none") {
  proto::queue_request request;
  CHECK_FALSE(asks_for_no_job(request));
  request.jobs = {proto::make_job_id(1, 2, 3)};
  CHECK_FALSE(asks_for_no_job(request));
  request.jobs = {proto::job_id{}};
  CHECK(asks_for_no_job(request));
}
