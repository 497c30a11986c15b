#include "gateway/http/routes.hpp"

#include "tests/gateway/http/client.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using json = nlohmann::json;
using client = tests::http_client;
using proto::errc;
using proto::item_state;
using proto::queue_op;

namespace {

const auto id = proto::make_job_id(1'700'000'000'000, 5, 7);
const auto path = "/v1/jobs/" + to_text(id);

std::string text_of(const std::string& method, const std::string& target,
                    const std::string& body = {}, const std::string& headers = {}) {
  return method + " " + target +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

/// The request that a route makes of the message.
proto::queue_request asked(client& c, const std::string& method, const std::string& target,
                           const std::string& body = {}, const std::string& headers = {}) {
  c.send(text_of(method, target, body, headers));
  INFO(c.link.sent);
  REQUIRE(c.queues.open.size() == 1);
  return c.queues.oldest();
}

proto::queue_answer jobs(item_state state, bool existed = false, std::size_t count = 1) {
  proto::queue_answer answer;
  for (std::size_t i = 0; i < count; ++i) {
    auto& job = answer.jobs.emplace_back();
    job.id = id;
    job.kind = "k";
    job.state = state;
    job.existed = existed;
  }
  return answer;
}

tests::http_answer answered(client& c, proto::queue_answer with) {
  c.queues.answer(std::move(with));
  c.offer();
  return tests::take_answer(c.link.sent);
}

/// The problem that the message is answered with at once.
json refused(const std::string& method, const std::string& target, const std::string& body = {},
             const std::string& headers = {}) {
  client c;
  const auto answer = c.ask(text_of(method, target, body, headers));
  CHECK(c.queues.open.empty());
  CHECK(answer.header("content-type") == "application/problem+json");
  return json::parse(answer.body);
}

} // namespace

TEST_CASE("a job is submitted and accepted, with the place where it is found") {
  client c;
  const auto put = asked(c, "POST", "/v1/jobs", R"({"kind":"prime","params":{"n": 97}})",
                         "Idempotency-Key: \"abc\"\r\n");
  CHECK(put.op == queue_op::put);
  CHECK(put.queue == "default");
  CHECK(put.create);
  CHECK(put.timeout_ms == 0);
  CHECK(put.items.at(0).body == R"({"n": 97})");
  CHECK(put.items.at(0).job.idempotency_key == "abc");
  const auto accepted = answered(c, jobs(item_state::ready));
  CHECK(accepted.status == 202);
  CHECK(accepted.header("location") == path);
  CHECK(accepted.headers.count("preference-applied") == 0);
  CHECK(json::parse(accepted.body)["id"] == to_text(id));

  asked(c, "POST", "/v1/jobs", R"({"kind":"prime"})", "Prefer: respond-async\r\n");
  const auto known = answered(c, jobs(item_state::ready, true));
  CHECK(known.status == 200);
  CHECK(json::parse(known.body)["existed"] == true);
}

TEST_CASE("an array of jobs is accepted as a list; 200 when all of them existed") {
  client c;
  const auto put = asked(c, "POST", "/v1/jobs", R"( [{"kind":"a"},{"kind":"b"}])",
                         "Idempotency-Key: abc\r\nPrefer: wait=5\r\n");
  CHECK(put.items.at(1).job.idempotency_key == "abc/1");
  auto some = jobs(item_state::ready, true, 2);
  some.jobs[1].existed = false;
  const auto accepted = answered(c, some);
  CHECK(accepted.status == 202);
  CHECK(accepted.headers.count("location") == 0);
  CHECK(json::parse(accepted.body)["jobs"].size() == 2);
  asked(c, "POST", "/v1/jobs", R"([{"kind":"a"}])");
  const auto known = answered(c, jobs(item_state::ready, true));
  CHECK(known.status == 200);
  CHECK(json::parse(known.body)["jobs"].size() == 1);
}

TEST_CASE("a client that prefers to wait is answered with the job's end, or behind its time") {
  client c;
  asked(c, "POST", "/v1/jobs", R"({"kind":"k"})", "Prefer: respond-async\r\nPrefer: wait=7\r\n");
  c.queues.answer(jobs(item_state::ready));
  CHECK(c.link.sent.empty());
  const auto wait = c.queues.oldest();
  CHECK(wait.op == queue_op::job_get);
  CHECK(wait.jobs == std::vector{id});
  CHECK(wait.timeout_ms == 7'000);
  auto done = jobs(item_state::done);
  done.jobs[0].params = "{}";
  done.jobs[0].result = "[1 ]";
  const auto ended = answered(c, done);
  CHECK(ended.status == 200);
  CHECK(ended.header("preference-applied") == "wait=7");
  CHECK(ended.header("location") == path);
  CHECK(ended.body.find(R"("result":[1 ])") != std::string::npos);

  asked(c, "POST", "/v1/jobs", R"({"kind":"k"})", "Prefer: wait=7\r\n");
  c.queues.answer(jobs(item_state::ready, true));
  auto running = jobs(item_state::leased);
  running.jobs[0].params = "{}";
  const auto late = answered(c, running);
  CHECK(late.status == 202);
  CHECK(late.header("preference-applied") == "wait=7");
  CHECK(json::parse(late.body)["existed"] == true);
  CHECK_FALSE(json::parse(late.body).contains("params"));
}

TEST_CASE("a client that goes while it waits for its job takes the wait back") {
  client c;
  asked(c, "POST", "/v1/jobs", R"({"kind":"k"})", "Prefer: wait=7\r\n");
  c.queues.answer(jobs(item_state::ready));
  REQUIRE(c.queues.open.size() == 1);
  c.session.reset();
  CHECK(c.queues.taken_back.size() == 1);
}

TEST_CASE("a job is looked at, waited for and cancelled at its path") {
  client c;
  const auto get = asked(c, "GET", path);
  CHECK(get.op == queue_op::job_get);
  CHECK(get.jobs == std::vector{id});
  CHECK(get.timeout_ms == 0);
  const auto shown = answered(c, jobs(item_state::ready));
  CHECK(shown.status == 200);
  CHECK(json::parse(shown.body)["state"] == "ready");
  CHECK(asked(c, "GET", path + "?wait_ms=86400000").timeout_ms == 86'400'000);
  answered(c, jobs(item_state::ready));
  const auto cancel = asked(c, "DELETE", path);
  CHECK(cancel.op == queue_op::job_cancel);
  CHECK(cancel.jobs == std::vector{id});
  const auto cancelled = answered(c, jobs(item_state::cancelled));
  CHECK(cancelled.status == 200);
  CHECK(json::parse(cancelled.body)["state"] == "cancelled");
  asked(c, "GET", path);
  c.queues.answer(errc::not_found, "there is no such job");
  c.offer();
  CHECK(tests::take_answer(c.link.sent).status == 404);
  asked(c, "HEAD", path);
  c.queues.answer(jobs(item_state::ready));
  c.offer();
  CHECK(tests::take_answer(c.link.sent, true).status == 200);
}

TEST_CASE("jobs are listed by what the query string says") {
  client c;
  const auto list =
      asked(c, "GET", "/v1/jobs?queue=q&kind=a+b&state=ready,done&state=dead&limit=7&cursor=9");
  CHECK(list.op == queue_op::job_list);
  proto::job_filter filter;
  filter.queue = "q";
  filter.kind = "a b";
  filter.states = 0b11001;
  filter.below = 9;
  filter.most = 7;
  CHECK(list.filter == filter);
  auto some = jobs(item_state::ready, false, 2);
  some.next = 5;
  const auto shown = json::parse(answered(c, some).body);
  CHECK(shown["jobs"].size() == 2);
  CHECK(shown["cursor"] == "5");
  CHECK(asked(c, "GET", "/v1/jobs").filter == proto::job_filter{});
  CHECK(answered(c, {}).body == R"({"jobs":[]})");
}

TEST_CASE("wrong submissions, filters and ids are refused with what is needed") {
  CHECK(refused("POST", "/v1/jobs", R"({"params":1})")["code"] == "invalid_params");
  CHECK(refused("POST", "/v1/jobs")["status"] == 422);
  CHECK(refused("POST", "/v1/jobs", "{")["code"] == "parse_error");
  CHECK(refused("POST", "/v1/jobs", "{\"kind\":\"\xff\"}")["code"] == "parse_error");
  CHECK(refused("POST", "/v1/jobs?wait_ms=1", R"({"kind":"k"})")["status"] == 422);
  CHECK(refused("POST", "/v1/jobs", R"({"kind":"k"})", "Idempotency-Key: \"a\r\n")["status"] ==
        422);
  CHECK(refused("POST", "/v1/jobs", R"({"kind":"k"})", "Content-Type: text/plain\r\n")["status"] ==
        415);
  CHECK(refused("GET", "/v1/jobs?state=waiting")["status"] == 422);
  CHECK(refused("GET", "/v1/jobs?limit=0")["detail"] ==
        "limit: an integer from 1 to 1000 is needed");
  CHECK(refused("GET", path + "?wait_ms=86400001")["status"] == 422);
  CHECK(refused("DELETE", path + "?wait_ms=1")["status"] == 422);
  for (const auto* wrong : {"1", "018bcfe5-6807-4000-8000-000000000001"}) {
    CHECK(refused("GET", std::string("/v1/jobs/") + wrong)["code"] == "not_found");
    CHECK(refused("DELETE", std::string("/v1/jobs/") + wrong)["code"] == "not_found");
  }
  client c;
  CHECK(c.ask(text_of("PUT", "/v1/jobs")).header("allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(c.ask(text_of("POST", path)).header("allow") == "GET, HEAD, DELETE, OPTIONS");
  CHECK(c.get("/v1/jobs/").status == 404);
}

TEST_CASE("params and results that are too long are refused") {
  const auto longer = '"' + std::string(gateway::settings{}.max_job_bytes - 64, 'x') + '"';
  client c;
  asked(c, "POST", "/v1/jobs", R"({"kind":"k","params":)" + longer + "}");
  answered(c, jobs(item_state::ready));
  c.limits.max_job_bytes = 10;
  const auto refused = c.post("/v1/jobs", R"({"kind":"k","params":"1234567890"})");
  CHECK(refused.status == 422);
  CHECK(json::parse(refused.body)["detail"] == "params: at most 10 bytes are taken");
  CHECK(c.post("/v1/leases/x/ack", R"({"result":"1234567890"})").status == 422);
}

TEST_CASE("who acks a job's lease may say the result") {
  client c;
  CHECK(asked(c, "POST", "/v1/leases/x/ack", R"({"result":{"a": 1e400}})").result ==
        R"({"a": 1e400})");
  c.queues.answer();
  c.offer();
  CHECK(tests::take_answer(c.link.sent).status == 204);
  CHECK(c.post("/v1/leases/x/ack", R"({"error":"no"})").status == 422);
}

TEST_CASE("a gateway that drains takes no jobs and waits for none, but shows and cancels them") {
  client c;
  c.calls.drains = true;
  CHECK(c.post("/v1/jobs", R"({"kind":"k"})").status == 503);
  CHECK(c.queues.open.empty());
  const std::pair<const char*, std::string> asks[] = {
      {"GET", "/v1/jobs"}, {"GET", path}, {"GET", path + "?wait_ms=0"}, {"DELETE", path}};
  for (const auto& [method, target] : asks) {
    client other;
    other.calls.drains = true;
    asked(other, method, target);
  }
  client waiting;
  waiting.calls.drains = true;
  CHECK(waiting.get(path + "?wait_ms=1").status == 503);
}
