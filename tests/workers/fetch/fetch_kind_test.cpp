#include "workers/fetch/fetch_kind.hpp"

#include "tests/support/catch.hpp"
#include "tests/workers/fetch/fetch_rig.hpp"
#include "tests/workers/fetch/server.hpp"

#include <algorithm>

using namespace squall;
using namespace squall::workers::fetch;
using namespace squall::workers::fetch::tests;
using Catch::Matchers::ContainsSubstring;

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
