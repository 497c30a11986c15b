#include "workers/fetch/fetching.hpp"

#include "tests/support/catch.hpp"
#include "tests/workers/fetch/fetch_rig.hpp"
#include "tests/workers/fetch/server.hpp"

using namespace squall;
using namespace squall::workers::fetch;
using namespace squall::workers::fetch::tests;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

/// "/3" leads to "/2", that to "/1", and that to "/0", which answers with the request it got.
std::string countdown(const server::message& got) {
  const auto left = std::stoi(got.path().substr(1));
  if (left == 0) return reply("200 OK", got.head + got.body);
  return redirect("/" + std::to_string(left - 1));
}

} // namespace

TEST_CASE("redirects are followed, on one connection, and counted") {
  server page{countdown};
  rig fetch;
  const auto got = fetch.fetch(page.url("/5"));
  CHECK(got["status"] == 200);
  CHECK(got["redirects"] == 5);
  CHECK(got["url"] == page.url("/0"));
  CHECK(page.connections == 1);
}

TEST_CASE("one redirect too many is a fault") {
  server page{countdown};
  rig fetch;
  CHECK(fetch.fail({{"url", page.url("/6")}}) == "too_many_redirects");
  CHECK(fetch.fail({{"url", page.url("/1")}, {"max_redirects", 0}}) == "too_many_redirects");
  CHECK(fetch.fetch({{"url", page.url("/7")}, {"max_redirects", 7}})["redirects"] == 7);
}

TEST_CASE("a redirect that is not to be followed, or leads nowhere, is the answer") {
  server page{[](const server::message& got) {
    return got.path() == "/nowhere" ? reply("302 Found", "stay") : redirect("/nowhere");
  }};
  rig fetch;
  const auto first = fetch.fetch({{"url", page.url()}, {"follow_redirects", false}});
  CHECK(first["status"] == 302);
  CHECK(first["headers"]["location"] == "/nowhere");
  const auto last = fetch.fetch(page.url());
  CHECK(last["status"] == 302);
  CHECK(last["body"] == "stay");
  CHECK(last["redirects"] == 1);
}

TEST_CASE("POST becomes GET after 302, and stays with its body after 307") {
  server page{[](const server::message& got) {
    if (got.path() == "/302") return redirect("/end");
    if (got.path() == "/307") return redirect("/end", "307 Temporary Redirect");
    return reply("200 OK", got.head + got.body);
  }};
  rig fetch;
  const auto sent = [&](const std::string& path) {
    return fetch.fetch({{"url", page.url(path)}, {"method", "POST"}, {"body", "b"}})["body"]
        .get<std::string>();
  };
  CHECK_THAT(sent("/302"), StartsWith("GET /end ") && !ContainsSubstring("Content-"));
  CHECK_THAT(sent("/307"), StartsWith("POST /end ") && Catch::Matchers::EndsWith("\r\n\r\nb"));
}

TEST_CASE("what is sent to another origin has no credentials in it") {
  server other{[](const server::message& got) { return reply("200 OK", got.head); }};
  server page{[&other](const server::message&) { return redirect(other.url()); }};
  server same{[](const server::message& got) {
    return got.path() == "/" ? redirect("/end") : reply("200 OK", got.head);
  }};
  rig fetch;
  const auto with_secrets = [&](const std::string& url) {
    return fetch
        .fetch({{"url", url}, {"headers", {{"Cookie", "c"}}}, {"auth", {{"bearer", "b"}}}})["body"]
        .get<std::string>();
  };
  CHECK_THAT(with_secrets(same.url()),
             ContainsSubstring("Authorization: Bearer b") && ContainsSubstring("Cookie: c"));
  CHECK_THAT(with_secrets(page.url()),
             !ContainsSubstring("Authorization") && !ContainsSubstring("Cookie"));
}

TEST_CASE("a redirect's body is not read to its end when it is long") {
  server page{[](const server::message& got) {
    if (got.path() == "/end") return reply("200 OK", "here");
    return "HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Length: 100000000\r\n\r\n" +
           std::string(200'000, 'x');
  }};
  rig fetch;
  CHECK(fetch.fetch({{"url", page.url()}, {"max_body_bytes", 4}})["body"] == "here");
}

TEST_CASE("one time is for all redirects together") {
  server page{[](const server::message& got) {
    return got.path() == "/" ? redirect("/silent") : std::string{};
  }};
  rig fetch;
  auto ended = fetch.start({{"url", page.url()}, {"timeout_ms", 100}}).get();
  CHECK(json::parse(ended.data) == json{{"reason", "timeout"}, {"url", page.url("/silent")}});
}
