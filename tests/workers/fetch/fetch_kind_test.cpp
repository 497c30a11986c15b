#include "workers/fetch/fetch_kind.hpp"

#include "tests/support/catch.hpp"
#include "tests/workers/fetch/fetch_rig.hpp"
#include "tests/workers/fetch/server.hpp"

#include <algorithm>

using namespace squall;
using namespace squall::workers::fetch;
using namespace squall::workers::fetch::tests;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

/// A server that answers with the request it got.
std::string mirrored(const server::message& got) {
  return reply("200 OK", got.head + got.body);
}

} // namespace

TEST_CASE("a page is fetched with its status, header, body and times") {
  server page{[](const server::message&) {
    return reply("200 Fine", "hello",
                 "Content-Type: text/plain\r\nA: 1\r\nSet-Cookie: b\r\nA: 2\r\n");
  }};
  rig fetch;
  const auto got = fetch.fetch(page.url("/x?y=%20z#part"));
  CHECK(got["status"] == 200);
  CHECK(got["reason"] == "Fine");
  CHECK(got["body"] == "hello");
  CHECK(got["headers"]["content-type"] == "text/plain");
  CHECK(got["headers"]["a"] == json{"1", "2"});
  CHECK(got["url"] == page.url("/x?y=%20z"));
  CHECK(got["redirects"] == 0);
  CHECK(got["http_version"] == "1.1");
  for (const auto* part : {"dns", "connect", "tls", "first_byte", "total"})
    CHECK(got["timing"][part].is_number());
  CHECK(got["timing"]["total"] >= got["timing"]["first_byte"]);
}

TEST_CASE("method, header and body are sent as they were given, and little besides") {
  server mirror{mirrored};
  rig fetch;
  const auto sent = fetch.fetch({{"url", mirror.url("/a/../b")},
                                 {"method", "PATCH"},
                                 {"headers", {{"X", {"1", "2"}}, {"Empty", ""}}},
                                 {"body", "c"},
                                 {"auth", {{"bearer", "d"}}}});
  CHECK_THAT(sent["body"].get<std::string>(),
             StartsWith("PATCH /b HTTP/1.1\r\nHost: 127.0.0.1:") &&
                 ContainsSubstring("\r\nEmpty:\r\nX: 1\r\nX: 2\r\n") &&
                 ContainsSubstring("\r\nAuthorization: Bearer d\r\n") &&
                 ContainsSubstring("\r\nUser-Agent: squall/") &&
                 ContainsSubstring("\r\nAccept-Encoding: gzip, deflate, br\r\n") &&
                 ContainsSubstring("\r\nContent-Length: 1\r\n") &&
                 Catch::Matchers::EndsWith("\r\n\r\nc"));
  CHECK(sent["body"].get<std::string>().find("Content-Type") == std::string::npos);
  CHECK_THAT(fetch.fetch({{"url", mirror.url()}, {"method", "POST"}})["body"].get<std::string>(),
             StartsWith("POST / ") && ContainsSubstring("\r\nContent-Length: 0\r\n"));
  CHECK_THAT(fetch.fetch({{"url", mirror.url()}, {"method", "POST"}, {"json", {1, 2}}})["body"]
                 .get<std::string>(),
             ContainsSubstring("\r\nContent-Type: application/json\r\n") &&
                 Catch::Matchers::EndsWith("\r\n\r\n[1,2]"));
  CHECK_THAT(
      fetch.fetch({{"url", mirror.url()}, {"method", "DELETE"}, {"decompress", false}})["body"]
          .get<std::string>(),
      StartsWith("DELETE / ") && !ContainsSubstring("Accept-Encoding"));
}

TEST_CASE("HEAD has a header and no body; errors of the server are answers") {
  server page{[](const server::message& got) -> std::string {
    if (got.head.starts_with("HEAD")) return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
    return reply("503 Busy", "later", "Retry-After: 1\r\n");
  }};
  rig fetch;
  const auto head = fetch.fetch({{"url", page.url()}, {"method", "HEAD"}});
  CHECK(head["headers"]["content-length"] == "100");
  CHECK(head["body"].get<std::string>().empty());
  const auto busy = fetch.fetch(page.url());
  CHECK(busy["status"] == 503);
  CHECK(busy["body"] == "later");
}

TEST_CASE("interim answers and trailers are not the answer's header") {
  server page{[](const server::message&) {
    return std::string("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n") +
           "Transfer-Encoding: chunked\r\nTrailer: A\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n";
  }};
  rig fetch;
  const auto got = fetch.fetch(page.url());
  CHECK(got["status"] == 200);
  CHECK(got["body"] == "abc");
  CHECK_FALSE(got["headers"].contains("link"));
  CHECK_FALSE(got["headers"].contains("a"));
}

TEST_CASE("connections are kept for the next fetch") {
  server page{[](const server::message&) { return reply("200 OK", ""); }};
  rig fetch;
  for (int i = 0; i < 5; ++i)
    fetch.fetch(page.url());
  CHECK(page.connections == 1);
}

TEST_CASE("a list is answered in its order, with what failed in its place") {
  server page{[](const server::message& got) { return reply("200 OK", got.path()); }};
  rig fetch;
  auto requests = json::array();
  for (int i = 0; i < 150; ++i)
    requests.push_back({{"url", page.url("/" + std::to_string(i))}});
  requests[70]["url"] = "http://127.0.0.1:1/"; // nobody listens there
  requests[71]["url"] = "http://10.0.0.1/";
  const auto got = fetch.fetch({{"requests", requests}})["answers"];
  REQUIRE(got.size() == requests.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    if (i != 70 && i != 71) CHECK(got[i]["body"] == "/" + std::to_string(i));
  CHECK(got[70]["error"]["reason"] == "connect");
  CHECK(got[71]["error"]["reason"] == "blocked");
  CHECK(got[71]["error"]["url"] == "http://10.0.0.1/");
}

TEST_CASE("params that are refused are the call's error") {
  rig fetch;
  auto refused = fetch.start({{"url", "http://a/"}, {"x", 1}}).get();
  CHECK(refused.code == proto::errc::invalid_params);
  CHECK_THAT(refused.body, StartsWith("x: "));
}

TEST_CASE("the kind tells what may be done with it") {
  const auto info = make_kind().info;
  CHECK(info.name == "fetch");
  CHECK_FALSE(info.safe);
  CHECK(info.safe_if.values == std::vector<std::string>{"GET", "HEAD"});
  CHECK_FALSE(info.idempotent);
  CHECK(info.repeatable_if.param == "method");
  CHECK(info.repeatable_if.when_absent);
  CHECK(std::ranges::count(info.repeatable_if.values, "POST") == 0);
  CHECK(info.default_timeout_ms > 40'000);
  CHECK(json::parse(info.params_schema)["$defs"]["request"]["required"][0] == "url");
  CHECK(json::parse(info.result_schema)["$defs"].contains("answer"));
}

TEST_CASE("settings that cannot be used are refused at once") {
  settings wrong;
  wrong.ca_file = "/no/such/file";
  CHECK_THROWS_AS(make_kind(wrong), std::invalid_argument);
}
