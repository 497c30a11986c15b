#include "gateway/http/session.hpp"

#include "tests/gateway/http/client.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/log_lines.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using namespace std::chrono_literals;
using json = nlohmann::json;
using client = tests::http_client;

TEST_CASE("an answer names server, date, type, length and request id") {
  client c;
  const auto answer = c.get("/hello");
  CHECK(answer.status == 200);
  CHECK(answer.body == "Hello, world");
  CHECK(answer.header("content-type") == "text/plain; charset=utf-8");
  CHECK(answer.header("content-length") == "12");
  CHECK(answer.header("server") == "squall/" + c.identity.version);
  CHECK(answer.header("date").size() == 29);
  CHECK(answer.header("x-request-id").size() == 32);
  CHECK_FALSE(c.link.finished);
}

TEST_CASE("a request id is taken over when it is short visible ASCII, and made otherwise") {
  client c;
  CHECK(c.get("/hello", "X-Request-Id: me-1\r\n").header("x-request-id") == "me-1");
  CHECK(c.get("/hello", "X-Request-Id: a b\r\n").header("x-request-id").size() == 32);
  const auto longest = std::string(128, 'x');
  CHECK(c.get("/hello", "X-Request-Id: " + longest + "\r\n").header("x-request-id") == longest);
  CHECK(c.get("/hello", "X-Request-Id: x" + longest + "\r\n").header("x-request-id").size() == 32);
}

TEST_CASE("a connection is kept as HTTP/1.0 and HTTP/1.1 say") {
  const auto kept = [](std::string_view version, std::string_view connection) {
    client c;
    const auto answer = c.ask("GET /hello HTTP/" + std::string(version) + "\r\nHost: h\r\n" +
                              std::string(connection) + "\r\n");
    CHECK(answer.status == 200);
    CHECK((answer.header("connection") == "close") == c.link.finished);
    return !c.link.finished;
  };
  CHECK(kept("1.1", ""));
  CHECK_FALSE(kept("1.1", "Connection: close\r\n"));
  CHECK_FALSE(kept("1.0", ""));
  CHECK(kept("1.0", "Connection: keep-alive\r\n"));
}

TEST_CASE("requests split at every byte are understood") {
  const auto plain = client::post_text("/echo", "hello");
  const std::string chunked = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX-T: 1\r\n\r\n";
  const auto text = "\r\n" + plain + chunked;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    client c;
    c.send(text.substr(0, at));
    c.send(text.substr(at));
    REQUIRE(tests::take_answer(c.link.sent).body == "hello");
    REQUIRE(tests::take_answer(c.link.sent).body == "hello");
    REQUIRE(c.link.sent.empty());
  }
  client slow;
  for (char byte : text)
    slow.send({&byte, 1});
  CHECK(tests::take_answer(slow.link.sent).body == "hello");
  CHECK(tests::take_answer(slow.link.sent).body == "hello");
}

TEST_CASE("pipelined requests are answered in order, the next only when the one before is") {
  client c;
  c.know("prime", true);
  c.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n" + client::post_text("/v1/call/prime", "{}") +
         "GET /hello?name=Ann HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(tests::take_answer(c.link.sent).body == "Hello, world");
  CHECK(c.link.sent.empty());
  CHECK_FALSE(c.unconsumed.empty());
  CHECK(c.answer_call("42").body == "42");
  CHECK(tests::take_answer(c.link.sent).body == "Hello, Ann");
}

TEST_CASE("a peer that pipelines and does not read stops being served, and goes on when it reads") {
  client c;
  c.limits.max_outbox_bytes = 1000;
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
  c.send(many);
  CHECK(c.link.sent.size() < 2000);
  CHECK_FALSE(c.unconsumed.empty());
  int answers = 0;
  while (!c.link.sent.empty()) {
    for (; !c.link.sent.empty(); ++answers)
      tests::take_answer(c.link.sent);
    c.sent();
  }
  CHECK(answers == 100);
}

TEST_CASE("HEAD is answered as GET without the body") {
  client c;
  c.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answer = tests::take_answer(c.link.sent, true);
  CHECK(answer.status == 200);
  CHECK(answer.header("content-length") == "12");
  CHECK(c.link.sent.empty());
}

TEST_CASE("every malformed chunk is refused and ends the connection") {
  for (std::string_view body :
       {"5;\r\nhello\r\n0\r\n\r\n", "5;bad[=x\r\nhello\r\n0\r\n\r\n", "1_0\r\nhello\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello!!\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n", "5;a\rX\r\nhello\r\n0\r\n\r\n", "-1\r\nhello\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFF0\r\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "Z\r\nhello\r\n",
        "5\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\n",
        "5\r\nhello\r\n0\r\n X: folded\r\n\r\n"}) {
    client c;
    INFO(body);
    const auto answer = c.ask(
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body));
    CHECK(answer.status == 400);
    CHECK(c.link.finished);
    CHECK(c.link.sent.empty());
  }
}

TEST_CASE("a large body that came in chunks goes back in chunks, but not to HTTP/1.0 or HEAD") {
  client c;
  const std::string large(70'000, 'x');
  const auto answer = c.ask("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "11170\r\n" +
                            large + "\r\n0\r\n\r\n");
  CHECK(answer.header("transfer-encoding") == "chunked");
  CHECK(answer.header("content-length").empty());
  CHECK(answer.body == large);
  CHECK(c.post("/echo", large).header("content-length") == "70000");
}

TEST_CASE("a client that waits to send its body is told to, or refused at once") {
  client c;
  c.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(c.link.take() == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(c.ask("ab").body == "ab");
  CHECK(c.post("/echo", "ab", "Expect: 100-continue\r\n").body == "ab");
  CHECK(c.get("/echo", "Expect: 100-continue\r\n").status == 200);
  CHECK(c.ask("POST /echo HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx").status ==
        200);
  client refused;
  CHECK(
      refused
          .ask("POST /no HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
          .status == 404);
  CHECK(refused.link.finished);
}

TEST_CASE("each limit has its status and ends the connection") {
  const auto status = [](const std::string& text) {
    client c;
    c.limits.max_body_bytes = 10;
    const auto answer = c.ask(text);
    CHECK(c.link.finished);
    CHECK(answer.header("connection") == "close");
    const auto problem = json::parse(answer.body);
    CHECK(problem["status"] == answer.status);
    CHECK(problem["code"] == "invalid_request");
    CHECK(problem["request_id"] == answer.header("x-request-id"));
    return answer.status;
  };
  const std::string start = "POST /echo HTTP/1.1\r\nHost: h\r\n";
  CHECK(status("GET /" + std::string(9000, 'a')) == 414);
  CHECK(status(start + "X: " + std::string(9000, 'a')) == 431);
  std::string many;
  for (int i = 0; i < 101; ++i)
    many += "X-" + std::to_string(i) + ": v\r\n";
  CHECK(status(start + many + "\r\n") == 431);
  CHECK(status(start + "Content-Length: 11\r\n\r\n") == 413);
  CHECK(status(start + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n") == 413);
  CHECK(status(start + "Transfer-Encoding: chunked\r\n\r\n5;a=" + std::string(9000, 'a')) == 431);
  CHECK(status(start + "Transfer-Encoding: gzip\r\n\r\n") == 501);
  CHECK(status(start + "Expect: tea\r\n\r\n") == 417);
  CHECK(status("GET / HTTP/3.0\r\n\r\n") == 505);
  CHECK(status("\x16\x03\x01\x02") == 400);
}

TEST_CASE("a header or body that does not come in time is 408, an idle connection just closes") {
  const auto times_out = [](const std::string& half, std::chrono::seconds limit) {
    client c;
    c.send(half);
    c.wait(limit - 1s);
    CHECK(c.link.sent.empty());
    c.wait(2s);
    CHECK(tests::take_answer(c.link.sent).status == 408);
    CHECK(c.link.finished);
  };
  times_out("GET /hello HT", 10s);
  times_out("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe", 30s);

  client idle;
  idle.get("/hello");
  idle.wait(59s);
  CHECK_FALSE(idle.link.finished);
  idle.get("/hello");
  idle.wait(59s);
  CHECK_FALSE(idle.link.finished);
  idle.wait(2s);
  CHECK(idle.link.finished);
  CHECK(idle.link.sent.empty());
}

TEST_CASE("an internal error is in the log with the answer's request id") {
  tests::log_lines log;
  client c;
  c.know("prime", true);
  c.send("GET /v1/call/prime HTTP/1.1\r\nHost: h\r\nX-Request-Id: me-1\r\n\r\n");
  const auto answer = c.answer_call("it is\nour fault", proto::errc::internal);
  CHECK(answer.status == 500);
  CHECK(answer.header("x-request-id") == "me-1");
  CHECK(log.text() == "error request me-1 to \"/v1/call/prime\" failed: \"it is\\nour fault\"\n");
}

TEST_CASE("random bytes never do worse than a refusal") {
  std::uint32_t state = 1;
  const std::string_view pieces[] = {"GET ",
                                     "/echo",
                                     " HTTP/1.1\r\n",
                                     "Host: h\r\n",
                                     "\r\n",
                                     "POST ",
                                     "5",
                                     ":",
                                     "chunked",
                                     "\r",
                                     "\n",
                                     "\x01",
                                     "Content-Length: ",
                                     "Transfer-Encoding: "};
  for (int round = 0; round < 5000; ++round) {
    client c;
    for (int i = 0; i < 12; ++i)
      c.send(pieces[((state = state * 1664525 + 1013904223) >> 8) % std::size(pieces)]);
    while (!c.link.sent.empty())
      CHECK(tests::take_answer(c.link.sent).status != 500);
  }
}
