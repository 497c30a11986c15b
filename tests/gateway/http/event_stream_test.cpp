#include "gateway/http/event_stream.hpp"

#include "tests/gateway/http/client.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using namespace std::chrono_literals;
using json = nlohmann::json;
using client = tests::http_client;
using gateway::http::append_event;
using proto::errc;
using proto::item_state;

namespace {

const auto id = proto::make_job_id(1'700'000'000'000, 5, 7);
const auto path = "/v1/jobs/" + to_text(id) + "/events";

proto::queue_answer job(item_state state, std::uint64_t changes) {
  proto::queue_answer answer;
  auto& job = answer.jobs.emplace_back();
  job.id = id;
  job.kind = "k";
  job.state = state;
  job.changes = changes;
  return answer;
}

std::string request(const std::string& more = {}, const std::string& version = "1.1") {
  return "GET " + path + " HTTP/" + version + "\r\nHost: h\r\n" + more + "\r\n";
}

/// What is in the chunks that were sent; the end of the body as "end".
std::vector<std::string> take_chunks(client& c) {
  std::vector<std::string> chunks;
  auto& bytes = c.link.sent;
  while (!bytes.empty() && !bytes.starts_with("HTTP/")) {
    const auto size = std::stoul(bytes, nullptr, 16);
    const auto data = bytes.find("\r\n") + 2;
    chunks.push_back(size == 0 ? "end" : bytes.substr(data, size));
    bytes.erase(0, data + size + 2);
  }
  return chunks;
}

/// The head of the answer.
std::string take_head(client& c) {
  const auto end = c.link.sent.find("\r\n\r\n") + 4;
  auto head = c.link.sent.substr(0, end);
  c.link.sent.erase(0, end);
  return head;
}

/// The state that an event tells.
std::string state_in(const std::string& event) {
  const auto data = event.find("data: ") + 6;
  return json::parse(event.substr(data, event.find('\n', data) - data))["state"];
}

/// A stream that has begun with the job as it was, ready.
void begin(client& c, const std::string& more = {}) {
  c.send(request(more));
  c.queues.answer(job(item_state::ready, 1));
  take_head(c);
  REQUIRE(take_chunks(c).size() == 1);
  c.sent();
}

/// The client reads what follows the answer to the request that waits.
std::vector<std::string> answered(client& c, proto::queue_answer with) {
  c.queues.answer(std::move(with));
  c.offer();
  auto chunks = take_chunks(c);
  c.sent();
  return chunks;
}

} // namespace

TEST_CASE("an event has the job's text line by line") {
  std::string out;
  append_event(out, 7, "{\"a\":\r\n1,\n}\r");
  CHECK(out == "event: job\nid: 7\ndata: {\"a\":\ndata: \ndata: 1,\ndata: }\ndata: \n\n");
  out.clear();
  append_event(out, 1, "{}");
  CHECK(out == "event: job\nid: 1\ndata: {}\n\n");
}

TEST_CASE("a job's events begin with the job as it is and stop behind its end") {
  client c;
  c.send(request());
  const auto first = c.queues.oldest();
  CHECK(first.op == proto::queue_op::job_get);
  CHECK(first.jobs == std::vector{id});
  CHECK(first.timeout_ms == 0);
  c.queues.answer(job(item_state::delayed, 1));
  const auto head = take_head(c);
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
  CHECK(head.find("Cache-Control: no-store\r\n") != std::string::npos);
  CHECK(head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(head.find("Content-Length") == std::string::npos);
  const auto opening = take_chunks(c);
  REQUIRE(opening.size() == 1);
  CHECK(opening[0].starts_with("retry: 1000\n\nevent: job\nid: 1\ndata: {"));
  CHECK(state_in(opening[0]) == "scheduled");

  CHECK(c.queues.open.empty()); // the client has not read it yet
  c.sent();
  const auto wait = c.queues.oldest();
  CHECK(wait.seen == 1);
  CHECK(wait.timeout_ms > 0);
  const auto running = answered(c, job(item_state::leased, 4));
  REQUIRE(running.size() == 1);
  CHECK(running[0].starts_with("event: job\nid: 4\n"));
  CHECK(state_in(running[0]) == "leased");
  CHECK(c.queues.oldest().seen == 4);
  CHECK(answered(c, job(item_state::leased, 4)).empty()); // the wait's time was over
  const auto done = answered(c, job(item_state::done, 5));
  REQUIRE(done.size() == 2);
  CHECK(state_in(done[0]) == "done");
  CHECK(done[1] == "end");
  CHECK(c.queues.open.empty());
  CHECK_FALSE(c.link.finished);
}

TEST_CASE("requests behind a stream wait for its end") {
  client c;
  begin(c);
  c.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(c.link.sent.empty());
  CHECK(answered(c, job(item_state::done, 2)).back() == "end");
  CHECK(tests::take_answer(c.link.sent).status == 200);

  client closing;
  begin(closing, "Connection: close\r\n");
  CHECK_FALSE(closing.link.finished);
  CHECK(answered(closing, job(item_state::done, 2)).back() == "end");
  CHECK(closing.link.finished);
}

TEST_CASE("a client that comes back gets what it has not seen, and 204 when it has seen the end") {
  client c;
  c.send(request("Last-Event-ID: 3\r\n"));
  c.queues.answer(job(item_state::leased, 3));
  take_head(c);
  CHECK(take_chunks(c) == std::vector<std::string>{"retry: 1000\n\n"});
  c.sent();
  CHECK(c.queues.oldest().seen == 3);
  CHECK(answered(c, job(item_state::cancelled, 4)).size() == 2);

  c.send(request("Last-Event-ID: 3\r\n"));
  c.queues.answer(job(item_state::cancelled, 4));
  const auto ended = tests::take_answer(c.link.sent);
  CHECK(ended.header("content-type") == "text/event-stream");
  CHECK(ended.body.find("\nid: 4\n") != std::string::npos);
  c.offer();

  c.send(request("Last-Event-ID: 4\r\n"));
  c.queues.answer(job(item_state::cancelled, 4));
  CHECK(tests::take_answer(c.link.sent).status == 204);
  c.offer();

  c.send(request("Last-Event-ID: nonsense\r\n"));
  c.queues.answer(job(item_state::dead, 4));
  CHECK(tests::take_answer(c.link.sent).status == 200);
}

TEST_CASE("HTTP/1.0 reads events until the connection is closed") {
  client c;
  c.send(request("Connection: keep-alive\r\n", "1.0"));
  c.queues.answer(job(item_state::ready, 1));
  const auto head = take_head(c);
  CHECK(head.find("Connection: close\r\n") != std::string::npos);
  CHECK(head.find("Transfer-Encoding") == std::string::npos);
  CHECK(head.find("Content-Length") == std::string::npos);
  CHECK(std::exchange(c.link.sent, {}).starts_with("retry: 1000\n\nevent: job\nid: 1\n"));
  c.sent();
  c.queues.answer(job(item_state::done, 2));
  CHECK(c.link.sent.starts_with("event: job\nid: 2\n"));
  CHECK(c.link.sent.ends_with("}\n\n"));
  CHECK(c.link.finished);
}

TEST_CASE("HEAD of events is their head alone") {
  client c;
  c.send("HEAD " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
  c.queues.answer(job(item_state::ready, 1));
  CHECK(take_head(c).starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(c.link.sent.empty());
  c.sent();
  CHECK(c.queues.open.empty());
  CHECK(c.get("/hello").status == 200);
}

TEST_CASE("what is no job, or is asked for wrongly, has no events") {
  client c;
  CHECK(c.get("/v1/jobs/1/events").status == 404);
  CHECK(c.get(path + "?wait_ms=1").status == 422);
  CHECK(c.ask("DELETE " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").header("allow") ==
        "GET, HEAD, OPTIONS");
  c.send(request());
  c.queues.answer(errc::not_found, "there is no such job");
  const auto problem = tests::take_answer(c.link.sent);
  CHECK(problem.status == 404);
  CHECK(problem.header("content-type") == "application/problem+json");
  c.offer();
  c.calls.drains = true;
  CHECK(c.ask(request()).status == 503);
}

TEST_CASE("a client that leaves takes its wait back") {
  client gone;
  begin(gone);
  gone.session.reset();
  CHECK(gone.queues.taken_back.size() == 1);

  client ended;
  begin(ended);
  ended.session->on_end();
  CHECK(ended.queues.taken_back.size() == 1);
  CHECK(ended.link.finished);
}

TEST_CASE("a client that does not read gets no more events until it does") {
  client c;
  begin(c);
  c.queues.answer(job(item_state::leased, 2));
  CHECK(c.queues.open.empty());
  const auto unread = c.link.sent.size();
  c.wait(16s);
  CHECK(c.link.sent.size() == unread);
  take_chunks(c);
  c.sent();
  CHECK(c.queues.oldest().seen == 2);
}

TEST_CASE("a silent stream says every 15 s that it is there") {
  client c;
  begin(c);
  c.wait(14s);
  CHECK(c.link.sent.empty());
  for (int i = 0; i < 3; ++i) {
    c.wait(15s);
    CHECK(take_chunks(c) == std::vector<std::string>{":\n\n"});
    c.sent();
  }
  CHECK(c.queues.open.size() == 1);
}

TEST_CASE(
    "a store that fails does not end a stream: it is asked again with the next sign of life") {
  client c;
  begin(c);
  c.queues.answer(errc::unavailable, "no disk");
  c.sent();
  CHECK(c.queues.open.empty());
  c.wait(15s);
  take_chunks(c);
  c.sent();
  CHECK(c.queues.oldest().seen == 1);
  CHECK(answered(c, job(item_state::dead, 3)).size() == 2);
}

TEST_CASE("the events of a job that is forgotten end") {
  client c;
  begin(c);
  c.queues.answer(errc::not_found, "there is no such job");
  CHECK(take_chunks(c) == std::vector<std::string>{"end"});
  CHECK_FALSE(c.link.finished);
  c.offer();
  CHECK(c.get("/hello").status == 200);
}

TEST_CASE("a gateway that drains ends its streams") {
  client c;
  begin(c);
  c.session->on_drain();
  CHECK(take_chunks(c) == std::vector<std::string>{"end"});
  CHECK(c.link.finished);
  CHECK(c.queues.taken_back.size() == 1);

  client late; // the drain begins before the stream does
  late.send(request());
  late.session->on_drain();
  late.queues.answer(job(item_state::ready, 1));
  CHECK(take_head(late).find("Connection: close\r\n") != std::string::npos);
  CHECK(take_chunks(late).back() == "end");
  CHECK(late.link.finished);
}
