#include "gateway/http/routes.hpp"

#include "tests/gateway/http/client.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using json = nlohmann::json;
using client = tests::http_client;
using proto::errc;
using proto::queue_op;

namespace {

std::string text_of(const std::string& method, const std::string& target,
                    const std::string& body = {}, const std::string& headers = {}) {
  return method + " " + target +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

/// The request that a route makes of the message.
proto::queue_request asked(client& c, const std::string& method, const std::string& target,
                           const std::string& body = {}) {
  c.send(text_of(method, target, body));
  INFO(c.link.sent);
  REQUIRE(c.queues.open.size() == 1);
  return c.queues.oldest();
}

tests::http_answer answered(client& c, proto::queue_answer with = {}) {
  c.queues.answer(std::move(with));
  c.offer();
  return tests::take_answer(c.link.sent);
}

/// The problem that the message is answered with at once.
json refused(const std::string& method, const std::string& target, const std::string& body = {}) {
  client c;
  const auto answer = c.ask(text_of(method, target, body));
  CHECK(c.queues.open.empty());
  CHECK(answer.header("content-type") == "application/problem+json");
  return json::parse(answer.body);
}

} // namespace

TEST_CASE("a queue is made, changed, shown and removed at its path") {
  client c;
  const auto define = asked(c, "PUT", "/v1/queues/a%2Db", R"({"maxsize":2,"order":"lifo"})");
  CHECK(define.op == queue_op::define);
  CHECK(define.queue == "a-b");
  CHECK(define.settings.maxsize == 2);
  CHECK(define.settings.order == proto::queue_order::lifo);
  CHECK(define.settings.lease_ms == 30'000);
  proto::queue_answer made;
  made.created = true;
  made.stats.emplace_back().name = "a-b";
  const auto created = answered(c, made);
  CHECK(created.status == 201);
  CHECK(json::parse(created.body)["name"] == "a-b");

  CHECK(asked(c, "PUT", "/v1/queues/a").settings == proto::queue_settings{});
  made.created = false;
  CHECK(answered(c, made).status == 200);

  CHECK(asked(c, "GET", "/v1/queues/a").op == queue_op::stats);
  CHECK(answered(c, made).status == 200);

  CHECK(asked(c, "DELETE", "/v1/queues/a").op == queue_op::remove);
  const auto removed = answered(c);
  CHECK(removed.status == 204);
  CHECK(removed.headers.count("content-type") == 0);
}

TEST_CASE("all queues are listed") {
  client c;
  CHECK(asked(c, "GET", "/v1/queues").queue.empty());
  CHECK(answered(c).body == R"({"queues":[]})");
}

TEST_CASE("items are put with their bodies as they are") {
  client c;
  const auto one =
      asked(c, "POST", "/v1/queues/q/items?timeout_ms=0", R"({"body":{"b": 1,"a":2}})");
  CHECK(one.op == queue_op::put);
  CHECK(one.timeout_ms == 0);
  CHECK(one.items.at(0).body == R"({"b": 1,"a":2})");
  proto::queue_answer put;
  put.ids = {7};
  const auto answer = answered(c, put);
  CHECK(answer.status == 201);
  CHECK(answer.body == R"({"ids":["7"]})");
  const auto many = asked(c, "POST", "/v1/queues/q/items", R"([{"body":1},{"body":2}])");
  CHECK(many.items.size() == 2);
  CHECK(many.timeout_ms == 30'000);
}

TEST_CASE("a lease gives items, or 204 when none came") {
  client c;
  const auto lease = asked(c, "POST", "/v1/queues/q/lease?timeout_ms=5&max=10&lease_ms=700");
  CHECK(lease.op == queue_op::lease);
  CHECK(lease.timeout_ms == 5);
  CHECK(lease.count == 10);
  CHECK(lease.lease_ms == 700);
  CHECK(lease.holder == 0);
  CHECK_FALSE(lease.create);
  CHECK(answered(c).status == 204);
  asked(c, "POST", "/v1/queues/q/lease");
  c.queues.answer_items({"[1, 2]"});
  c.offer();
  const auto got = tests::take_answer(c.link.sent);
  CHECK(got.status == 200);
  CHECK(json::parse(got.body)["items"][0]["body"] == json::array({1, 2}));
}

TEST_CASE("leases are used by their id") {
  client c;
  const auto ack = asked(c, "POST", "/v1/leases/ab%2Fc/ack");
  CHECK(ack.op == queue_op::ack);
  CHECK(ack.lease == "ab/c");
  CHECK(answered(c).status == 204);
  const auto nack = asked(c, "POST", "/v1/leases/x/nack", R"({"error":"no","delay_ms":5})");
  CHECK(nack.op == queue_op::nack);
  CHECK(nack.error == "no");
  CHECK(nack.delay_ms == 5);
  CHECK(answered(c).status == 204);
  CHECK(asked(c, "POST", "/v1/leases/x/nack").error.empty());
  answered(c);
  CHECK(asked(c, "POST", "/v1/leases/x/extend", R"({"lease_ms":9})").lease_ms == 9);
  proto::queue_answer extended;
  extended.lease_ms = 9;
  CHECK(answered(c, extended).body == R"({"lease_ms":9})");
  asked(c, "POST", "/v1/leases/x/ack");
  c.queues.answer(errc::lease_lost, "the lease is not held any more");
  c.offer();
  CHECK(tests::take_answer(c.link.sent).status == 409);
}

TEST_CASE("joining, and the dead list, have their paths") {
  client c;
  CHECK(asked(c, "POST", "/v1/queues/q/join?timeout_ms=9").timeout_ms == 9);
  CHECK(answered(c).status == 204);
  CHECK(asked(c, "GET", "/v1/queues/q/dead").count == 100);
  CHECK(answered(c).body == R"({"items":[]})");
  CHECK(asked(c, "GET", "/v1/queues/q/dead?max=7").count == 7);
  answered(c);
  const auto some = asked(c, "POST", "/v1/queues/q/dead/put_back", R"({"ids":["3"]})");
  CHECK(some.op == queue_op::revive);
  CHECK(some.ids == std::vector<std::uint64_t>{3});
  proto::queue_answer back;
  back.ids = {3};
  CHECK(answered(c, back).body == R"({"ids":["3"]})");
  CHECK(asked(c, "POST", "/v1/queues/q/dead/put_back").ids.empty());
}

TEST_CASE("a queue is paused and resumed, and its items or dead ones purged") {
  client c;
  proto::queue_answer books;
  books.stats.emplace_back().name = "q";
  CHECK(asked(c, "POST", "/v1/queues/q/pause").op == queue_op::pause);
  const auto paused = answered(c, books);
  CHECK(paused.status == 200);
  CHECK(json::parse(paused.body)["paused"] == false);
  CHECK(asked(c, "POST", "/v1/queues/q/resume").op == queue_op::resume);
  CHECK(json::parse(answered(c, books).body)["name"] == "q");
  const auto items = asked(c, "DELETE", "/v1/queues/q/items");
  CHECK(items.op == queue_op::purge);
  CHECK_FALSE(items.dead);
  proto::queue_answer purged;
  purged.purged = 7;
  const auto told = answered(c, purged);
  CHECK(told.status == 200);
  CHECK(told.body == R"({"purged":7})");
  const auto dead = asked(c, "DELETE", "/v1/queues/q/dead");
  CHECK(dead.op == queue_op::purge);
  CHECK(dead.dead);
  CHECK(answered(c).body == R"({"purged":0})");
}

TEST_CASE("errors of queues are problems by the table") {
  const std::pair<errc, int> cases[] = {{errc::queue_full, 503},
                                        {errc::not_found, 404},
                                        {errc::deadline_exceeded, 504},
                                        {errc::unavailable, 503}};
  for (const auto& [code, status] : cases) {
    client c;
    asked(c, "POST", "/v1/queues/q/items", R"({"body":1})");
    c.queues.answer(code, "because");
    c.offer();
    const auto answer = tests::take_answer(c.link.sent);
    CHECK(answer.status == status);
    CHECK(json::parse(answer.body)["code"] == proto::describe(code).name);
    CHECK(json::parse(answer.body)["detail"] == "because");
    CHECK(answer.headers.count("retry-after") == (status == 503 ? 1 : 0));
  }
}

TEST_CASE("wrong names, members and query strings are refused with what is needed") {
  CHECK(refused("PUT", "/v1/queues/a%2Fb")["code"] == "invalid_params");
  CHECK(refused("PUT", "/v1/queues/" + std::string(129, 'x'))["status"] == 422);
  CHECK(refused("PUT", "/v1/queues/a", R"({"maxsize":-1})")["detail"] ==
        "maxsize: an integer from 0 to 4294967295 is needed");
  CHECK(refused("PUT", "/v1/queues/a", R"({"size":1})")["status"] == 422);
  CHECK(refused("PUT", "/v1/queues/a", R"({"paused":true})")["status"] == 422);
  CHECK(refused("DELETE", "/v1/queues/a/items?timeout_ms=1")["status"] == 422);
  CHECK(refused("PUT", "/v1/queues/a", "{")["code"] == "parse_error");
  CHECK(refused("POST", "/v1/queues/a/items")["status"] == 422);
  CHECK(refused("POST", "/v1/queues/a/items", "{\"body\":\"\xff\"}")["code"] == "parse_error");
  CHECK(refused("POST", "/v1/queues/a/lease?max=1001")["status"] == 422);
  CHECK(refused("POST", "/v1/queues/a/lease?timeout=1")["status"] == 422);
  CHECK(refused("POST", "/v1/queues/a/lease?max=%2")["status"] == 422);
  CHECK(refused("GET", "/v1/queues/a?x=1")["status"] == 422);
  CHECK(refused("POST", "/v1/queues/a/dead/put_back", R"({"ids":[]})")["status"] == 422);
}

TEST_CASE("paths and methods that queues do not have are 404 and 405") {
  client c;
  for (const auto* path : {"/v1/queues/", "/v1/queues/a/b", "/v1/queues//items", "/v1/leases/x",
                           "/v1/leases//ack", "/v1/queues/a/b/items", "/v1/queues/items/lease/"})
    CHECK(c.get(path).status == 404);
  const auto foreign = c.post("/v1/queues/a", "");
  CHECK(foreign.status == 405);
  CHECK(foreign.header("allow") == "GET, HEAD, PUT, DELETE, OPTIONS");
  CHECK(c.get("/v1/queues/a/items").header("allow") == "POST, DELETE, OPTIONS");
}

TEST_CASE("a gateway that drains begins nothing at queues, but takes what is leased back") {
  for (const auto* path : {"/v1/queues/q/lease", "/v1/queues/q/pause"}) {
    client c;
    c.calls.drains = true;
    CHECK(c.post(path, "").status == 503);
  }
  client other;
  other.calls.drains = true;
  CHECK(asked(other, "POST", "/v1/leases/x/ack").op == queue_op::ack);
}

TEST_CASE("metrics ask the queues, then the router") {
  client c;
  c.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
  proto::queue_answer books;
  books.stats.emplace_back().ready = 3;
  c.queues.answer(books);
  CHECK(c.link.sent.empty());
  REQUIRE(c.calls.open.size() == 1);
  const auto shown = c.answer_call(c.calls.open.begin()->second.request.params);
  CHECK(shown.status == 200);
  CHECK(shown.body.find(R"(squall_queue_items{state="ready"} 3)") != std::string::npos);
}
