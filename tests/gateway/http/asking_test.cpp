#include "gateway/http/asking.hpp"

#include "tests/gateway/http/client.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using client = tests::http_client;
using leases = std::vector<std::string>;

namespace {

constexpr const char* lease_text = "POST /v1/queues/q/lease HTTP/1.1\r\nHost: h\r\n\r\n";

} // namespace

TEST_CASE("a client that goes while it waits at a queue takes its request back") {
  client ended;
  ended.send(lease_text);
  ended.session->on_end();
  CHECK(ended.queues.taken_back.size() == 1);
  CHECK(ended.link.finished);
  CHECK(ended.link.sent.empty());

  client vanished;
  vanished.send(lease_text);
  vanished.session.reset();
  CHECK(vanished.queues.taken_back.size() == 1);
}

TEST_CASE("what was leased stays with a client that was sent it") {
  client c;
  c.send(lease_text);
  c.queues.answer_items({"1", "2"});
  c.sent();
  c.session.reset();
  CHECK(c.queues.released.empty());
}

TEST_CASE("what was leased for a client that went before it was sent goes back") {
  client c;
  c.send(lease_text);
  c.queues.answer_items({"1", "2"});
  c.session.reset();
  CHECK(c.queues.released == leases{"lease 1", "lease 2"});
}

TEST_CASE("a connection that ends with a leased item is finished when that was sent, not before") {
  client c;
  c.send("POST /v1/queues/q/lease HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  c.queues.answer_items({"1"});
  c.offer();
  CHECK(tests::take_answer(c.link.sent).header("connection") == "close");
  CHECK_FALSE(c.link.finished);
  c.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"); // too late
  CHECK(c.link.sent.empty());
  c.sent();
  CHECK(c.link.finished);
  c.session.reset();
  CHECK(c.queues.released.empty());
}

TEST_CASE("a peer that ends its side while a leased item is on its way still gets it") {
  client c;
  c.send(lease_text);
  c.queues.answer_items({"1"});
  c.session->on_end();
  CHECK_FALSE(c.link.finished);
  c.sent();
  CHECK(c.link.finished);
}

TEST_CASE("a drain lets a leased item be sent before the connection ends") {
  client c;
  c.send(lease_text);
  c.queues.answer_items({"1"});
  c.session->on_drain();
  CHECK_FALSE(c.link.finished);
  c.sent();
  CHECK(c.link.finished);
}

TEST_CASE("a request behind one that waits at a queue waits too") {
  client c;
  c.send(lease_text);
  c.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(c.link.sent.empty());
  c.queues.answer();
  c.offer();
  CHECK(tests::take_answer(c.link.sent).status == 204);
  CHECK(tests::take_answer(c.link.sent).body == "Hello, world");
}

TEST_CASE("one that waits long at a queue is not ended by a timer") {
  client c;
  c.send(lease_text);
  c.wait(std::chrono::hours{1});
  CHECK_FALSE(c.link.finished);
}
