#include "gateway/http/routes.hpp"

#include "gateway/page.hpp"
#include "tests/gateway/http/client.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using Catch::Matchers::ContainsSubstring;
using json = nlohmann::json;
using client = tests::http_client;
using proto::errc;

TEST_CASE("hello greets by name") {
  client c;
  CHECK(c.get("/hello?x=1&name=Ann+%26%20Bob").body == "Hello, Ann & Bob");
  CHECK(c.get("/hello?name=%2").status == 400);
}

TEST_CASE("echo gives any body back, and is there only when asked for") {
  client c;
  CHECK(c.post("/echo", "abc").body == "abc");
  CHECK(c.ask("DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
  CHECK(c.get("/echo").body.empty());
  c.limits.echo = false;
  CHECK(c.get("/echo").status == 404);
  CHECK(c.get("/ws/echo").status == 404);
}

TEST_CASE("an unknown path is 404, an unknown method 501, a foreign method 405 with Allow") {
  client c;
  const auto missing = c.get("/no?q=1");
  CHECK(missing.status == 404);
  CHECK(missing.header("content-type") == "application/problem+json");
  const auto problem = json::parse(missing.body);
  CHECK(problem["code"] == "not_found");
  CHECK(problem["instance"] == "/no");
  CHECK(problem["type"] == "urn:squall:error:not_found");
  CHECK(c.get("/v1/call/").status == 404);
  CHECK(c.get("/v1/call/a/b").status == 404);
  const auto foreign = c.post("/hello", "");
  CHECK(foreign.status == 405);
  CHECK(foreign.header("allow") == "GET, HEAD, OPTIONS");
  CHECK(c.ask("FOOBAR /hello HTTP/1.1\r\nHost: h\r\n\r\n").status == 501);
  CHECK(c.ask("TRACE /echo HTTP/1.1\r\nHost: h\r\n\r\n").status == 405);
  CHECK(c.ask("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n").status == 501);
  CHECK(c.get("http://h/hello").status == 200);
}

TEST_CASE("OPTIONS tells the methods of a path and of the server") {
  client c;
  const auto path = c.ask("OPTIONS /v1/call/prime HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(path.status == 204);
  CHECK(path.header("allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(path.headers.count("content-length") == 0);
  CHECK(c.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").status == 204);
}

TEST_CASE("CORS is given to listed origins alone") {
  client c;
  CHECK(c.get("/hello", "Origin: https://a\r\n").headers.count("vary") == 0);
  c.limits.origins = {"https://a"};
  const auto listed = c.get("/hello", "Origin: https://a\r\n");
  CHECK(listed.header("access-control-allow-origin") == "https://a");
  CHECK_THAT(listed.header("access-control-expose-headers"), ContainsSubstring("X-Request-Id"));
  CHECK(listed.header("vary") == "Origin");
  const auto foreign = c.get("/hello", "Origin: https://b\r\n");
  CHECK(foreign.headers.count("access-control-allow-origin") == 0);
  CHECK(foreign.header("vary") == "Origin");
  const auto preflight = c.ask("OPTIONS /v1/call/prime HTTP/1.1\r\nHost: h\r\nOrigin: https://a\r\n"
                               "Access-Control-Request-Method: POST\r\n\r\n");
  CHECK(preflight.status == 204);
  CHECK_THAT(preflight.header("access-control-allow-methods"), ContainsSubstring("POST"));
  CHECK_THAT(preflight.header("access-control-allow-headers"), ContainsSubstring("Content-Type"));
  c.limits.origins = {"*"};
  CHECK(c.get("/hello", "Origin: https://b\r\n").header("access-control-allow-origin") == "*");
}

TEST_CASE("a call by POST passes the body on and the result back as they are") {
  client c;
  c.know("prime", false);
  c.send(client::post_text("/v1/call/prime", R"({"n": 97})",
                           "Content-Type: Application/JSON; charset=utf-8\r\n"
                           "X-Timeout-Ms: 500\r\nX-Priority: 9\r\n"));
  REQUIRE(c.calls.open.size() == 1);
  const auto& call = c.calls.open.begin()->second.request;
  CHECK(call.kind == "prime");
  CHECK(call.params == R"({"n": 97})");
  CHECK(call.timeout_ms == 500);
  CHECK(call.priority == 9);
  CHECK(call.connection == c.link.id());
  const auto answer = c.answer_call(R"({"prime": true})");
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type") == "application/json");
  CHECK(answer.body == R"({"prime": true})");
}

TEST_CASE("a call by GET takes its params from the query, from kinds without effects") {
  client c;
  c.know("prime", true);
  c.know("fetch", false);
  c.send("GET /v1/call/prime?n=97&numbers=1&numbers=2&numbers=3&x=%22 HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(c.calls.open.size() == 1);
  CHECK(json::parse(c.calls.open.begin()->second.request.params) ==
        json::parse(R"({"n":"97","numbers":["1","2","3"],"x":"\""})"));
  c.answer_call("1");
  CHECK(c.get("/v1/call/prime?n=%ff").status == 400);
  const auto refused = c.get("/v1/call/fetch");
  CHECK(refused.status == 405);
  CHECK(refused.header("allow") == "POST, OPTIONS");
}

TEST_CASE("what is wrong with a call is said") {
  client c;
  c.know("prime", true);
  const auto unknown = c.post("/v1/call/rime", "{}");
  CHECK(unknown.status == 404);
  CHECK(json::parse(unknown.body)["code"] == "unknown_kind");
  CHECK(c.post("/v1/call/prime", "n=7", "Content-Type: text/plain\r\n").status == 415);
  const auto unread = c.post("/v1/call/prime", R"({"n":7)");
  CHECK(unread.status == 400);
  CHECK(json::parse(unread.body)["code"] == "parse_error");
  for (auto bad : {"X-Timeout-Ms: 0", "X-Timeout-Ms: 1e3", "X-Timeout-Ms: 86400001",
                   "X-Priority: 10", "X-Priority: -1"}) {
    const auto answer = c.post("/v1/call/prime", "{}", std::string(bad) + "\r\n");
    CHECK(answer.status == 400);
    CHECK_THAT(answer.body, ContainsSubstring(std::string(bad).substr(0, 10)));
  }
  CHECK(c.calls.open.empty());
}

TEST_CASE("a gateway that drains takes no call") {
  client c;
  c.know("prime", true);
  c.calls.drains = true;
  const auto refused = c.post("/v1/call/prime", R"({"n":7})");
  CHECK(refused.status == 503);
  CHECK(json::parse(refused.body)["code"] == "unavailable");
  CHECK(refused.header("retry-after") == "1");
  CHECK(c.calls.open.empty());
}

TEST_CASE("a call's error is the table's problem, with the handler's data") {
  client c;
  c.know("prime", true);
  c.send(client::post_text("/v1/call/prime", "{}", "X-Request-Id: r1\r\n"));
  auto open = c.calls.open.extract(c.calls.open.begin());
  proto::result result;
  result.code = errc::invalid_params;
  result.body = "n is not a number";
  result.data = R"({"param":"n","status":1})";
  open.mapped().sink->on_answer(open.mapped().tag, std::move(result));
  const auto answer = tests::take_answer(c.link.sent);
  CHECK(answer.status == 422);
  CHECK(json::parse(answer.body) == json::parse(R"({"type":"urn:squall:error:invalid_params",
      "title":"These params are refused","status":422,"detail":"n is not a number",
      "code":"invalid_params","param":"n","instance":"/v1/call/prime","request_id":"r1"})"));
  c.offer();
  for (auto [code, status, retry] :
       {std::tuple(errc::overloaded, 503, "1"), std::tuple(errc::unavailable, 503, "1"),
        std::tuple(errc::deadline_exceeded, 504, ""), std::tuple(errc::cancelled, 499, ""),
        std::tuple(errc::worker_lost, 502, ""), std::tuple(errc::task_failed, 500, "")}) {
    c.send(client::post_text("/v1/call/prime", "{}"));
    const auto failed = c.answer_call("why", code);
    CHECK(failed.status == status);
    CHECK(failed.header("retry-after") == retry);
  }
}

TEST_CASE("the kinds are listed with their schemas") {
  client c;
  c.know("prime", true, 3);
  const auto kinds = json::parse(c.get("/v1/kinds").body)["kinds"];
  REQUIRE(kinds.size() == 1);
  CHECK(kinds[0]["name"] == "prime");
  CHECK(kinds[0]["slots"] == 3);
  CHECK(kinds[0]["params_schema"]["type"] == "object");
  CHECK(kinds[0]["result_schema"].is_null());
}

TEST_CASE("of a kind that is expected only its name is known: POST waits for it, GET may not") {
  client c;
  c.know("prime", false, 0);
  c.calls.known.kinds[0].offered = false;
  CHECK(json::parse(c.get("/v1/kinds").body)["kinds"].empty());
  const auto refused = c.get("/v1/call/prime?n=7");
  CHECK(refused.status == 503);
  CHECK(json::parse(refused.body)["code"] == "unavailable");
  c.send(client::post_text("/v1/call/prime", R"({"n":7})"));
  REQUIRE(c.calls.open.size() == 1);
  CHECK(c.answer_call("7").status == 200);
}

TEST_CASE("readiness needs a slot of every required kind, and no drain") {
  client c;
  CHECK(c.get("/livez").body == "ok");
  CHECK(c.get("/healthz").status == 200);
  CHECK(c.get("/readyz").status == 200);
  c.limits.required = {"prime", "fetch"};
  c.know("prime", true, 0);
  const auto missing = c.get("/readyz");
  CHECK(missing.status == 503);
  CHECK(missing.header("retry-after") == "1");
  CHECK_THAT(missing.body, ContainsSubstring("prime, fetch"));
  c.calls.known.kinds[0].slots = 1;
  c.know("fetch", true, 1);
  CHECK(c.get("/readyz").status == 200);
  c.calls.drains = true;
  CHECK(c.get("/readyz").status == 503);
  CHECK(c.get("/livez").status == 200);
}

TEST_CASE("readiness needs a store that works") {
  client c;
  proto::store_report store;
  c.counts.store = [&store] { return store; };
  CHECK(c.get("/readyz").status == 200);
  store.trouble = "the disk is full";
  const auto failing = c.get("/readyz");
  CHECK(failing.status == 503);
  CHECK(failing.header("retry-after") == "1");
  CHECK_THAT(failing.body, ContainsSubstring("the disk is full"));
  CHECK(c.get("/livez").status == 200);
  store.trouble.clear();
  CHECK(c.get("/readyz").status == 200);
}

TEST_CASE("the cluster is shown by the router's status") {
  client c;
  c.send("GET /v1/cluster HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(c.calls.open.size() == 1);
  const auto made = c.calls.open.begin()->second.request.params;
  CHECK(c.answer_call(made).body == made);
}

TEST_CASE("the OpenAPI document has every path and no other") {
  client c;
  const auto document = json::parse(c.get("/openapi.json").body);
  CHECK(document["openapi"] == "3.1.0");
  std::size_t served = 0;
  for (const auto& route : gateway::http::routes()) {
    if (route.for_tests) continue;
    ++served;
    INFO(route.pattern);
    REQUIRE(document["paths"].contains(std::string(route.pattern)));
    const auto& path = document["paths"][std::string(route.pattern)];
    CHECK(path.contains("get") == ((route.methods & gateway::http::method_get) != 0));
    CHECK(path.contains("post") == ((route.methods & gateway::http::method_post) != 0));
    CHECK(path.contains("put") == ((route.methods & gateway::http::method_put) != 0));
    CHECK(path.contains("delete") == ((route.methods & gateway::http::method_delete) != 0));
  }
  CHECK(document["paths"].size() == served);
}

TEST_CASE("the OpenAPI document has all that it refers to") {
  client c;
  const auto document = json::parse(c.get("/openapi.json").body);
  const auto flat = document.flatten();
  std::size_t references = 0;
  for (const auto& [where, value] : flat.items()) {
    if (!where.ends_with("/$ref")) continue;
    ++references;
    INFO(where);
    CHECK(document.contains(json::json_pointer(value.get<std::string>().substr(1))));
  }
  CHECK(references > 50);
}

TEST_CASE("the page's files are served with their validators") {
  client c;
  for (const auto& file : gateway::page::assets()) {
    const auto fresh = c.get(std::string(file.path));
    CHECK(fresh.status == 200);
    CHECK(fresh.body == file.body);
    CHECK(fresh.header("content-type") == file.content_type);
    CHECK(fresh.header("cache-control") == "no-cache");
    CHECK(fresh.header("x-content-type-options") == "nosniff");
    CHECK_THAT(fresh.header("content-security-policy"), ContainsSubstring("default-src 'self'"));
    const auto tag = fresh.header("etag");
    const auto same = c.get(std::string(file.path), "If-None-Match: \"x\", W/" + tag + "\r\n");
    CHECK(same.status == 304);
    CHECK(same.header("etag") == tag);
    CHECK(same.body.empty());
  }
}
