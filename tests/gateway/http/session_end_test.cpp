#include "gateway/http/session.hpp"

#include "tests/gateway/http/client.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace std::chrono_literals;
using client = tests::http_client;

TEST_CASE("a call that takes long is not ended by a timer") {
  client c;
  c.know("sleep", true);
  c.send("GET /v1/call/sleep HTTP/1.1\r\nHost: h\r\n\r\n");
  c.wait(300s);
  CHECK_FALSE(c.link.finished);
  CHECK(c.answer_call("1").status == 200);
}

TEST_CASE("a peer that ends, or vanishes, while its call is unanswered cancels it") {
  client ended;
  ended.know("prime", true);
  ended.send("GET /v1/call/prime?n=7 HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(ended.calls.open.size() == 1);
  ended.session->on_end();
  CHECK(ended.calls.cancelled.size() == 1);
  CHECK(ended.link.finished);
  CHECK(ended.link.sent.empty());

  client vanished;
  vanished.know("prime", true);
  vanished.send("GET /v1/call/prime?n=7 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(vanished.counts.http_connections == 1);
  vanished.session.reset();
  CHECK(vanished.calls.cancelled.size() == 1);
  CHECK(vanished.counts.http_connections == 0);
}

TEST_CASE("a peer that ends after its requests still gets the answers") {
  client c;
  c.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  c.session->on_end();
  CHECK(c.link.finished);
  CHECK(tests::take_answer(c.link.sent).status == 200);
}

TEST_CASE("a drain ends an idle connection at once and a busy one with its answer") {
  client idle;
  idle.get("/hello");
  idle.session->on_drain();
  CHECK(idle.link.finished);

  client busy;
  busy.know("prime", true);
  busy.send("GET /v1/call/prime?n=7 HTTP/1.1\r\nHost: h\r\n\r\n");
  busy.session->on_drain();
  CHECK_FALSE(busy.link.finished);
  const auto answer = busy.answer_call("7");
  CHECK(answer.status == 200);
  CHECK(answer.header("connection") == "close");
  CHECK(busy.link.finished);

  client half;
  half.send("GET /hello HTTP/1.1\r\n");
  half.session->on_drain();
  CHECK_FALSE(half.link.finished);
  CHECK(half.ask("Host: h\r\n\r\n").header("connection") == "close");
  CHECK(half.link.finished);
}

TEST_CASE("a connection that drains ends when it becomes idle without an answer") {
  client throttled;
  throttled.limits.max_outbox_bytes = 100;
  throttled.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  throttled.session->on_drain();
  CHECK_FALSE(throttled.link.finished);
  CHECK(tests::take_answer(throttled.link.sent).status == 200);
  throttled.sent();
  CHECK(throttled.link.finished);
}
