#include "tests/support/catch.hpp"
#include "tests/workers/fetch/fetch_rig.hpp"
#include "tests/workers/fetch/server.hpp"

using namespace squall;
using namespace squall::workers::fetch;
using namespace squall::workers::fetch::tests;
using Catch::Matchers::ContainsSubstring;

namespace {

settings only(const std::vector<std::string>& allowed, const std::vector<std::string>& names = {}) {
  settings made;
  for (const auto& text : allowed)
    made.allow.push_back(parse_allow(text));
  made.resolve = names;
  return made;
}

server greeting() {
  return server{[](const server::message&) { return reply("200 OK", "hello"); }};
}

} // namespace

TEST_CASE("without leave nothing on this host is fetched, however its address is written") {
  auto page = greeting();
  const auto port = ":" + std::to_string(page.port()) + "/";
  rig fetch{only({})};
  for (const std::string host :
       {"127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0", "0.0.0.0", "localhost",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]"}) {
    CAPTURE(host);
    CHECK(fetch.fail({{"url", std::string{"http://"}.append(host).append(port)}}) == "blocked");
  }
  CHECK(page.connections == 0);
}

TEST_CASE("a blocked fetch says which address it was and what would allow it") {
  rig fetch{only({})};
  auto ended = fetch.start({{"url", "http://169.254.169.254/latest"}}).get();
  CHECK_THAT(ended.body,
             ContainsSubstring("169.254.169.254") && ContainsSubstring("--fetch-allow"));
  CHECK(json::parse(ended.data) ==
        json{{"reason", "blocked"}, {"url", "http://169.254.169.254/latest"}});
}

TEST_CASE("a redirect to a blocked address is not followed") {
  auto inner = greeting();
  server outer{[&inner](const server::message&) { return redirect(inner.url()); }};
  rig fetch{only({"127.0.0.1:" + std::to_string(outer.port())})};
  auto ended = fetch.start({{"url", outer.url()}}).get();
  CHECK(json::parse(ended.data) == json{{"reason", "blocked"}, {"url", inner.url()}});
  CHECK(inner.connections == 0);
}

TEST_CASE("a redirect to another scheme is not followed") {
  server outer{[](const server::message&) { return redirect("file:///etc/passwd"); }};
  rig fetch;
  CHECK(fetch.fail({{"url", outer.url()}}) == "blocked");
}

TEST_CASE("of a name with several addresses an allowed one is used") {
  auto page = greeting();
  const auto port = std::to_string(page.port());
  rig fetch{only({"127.0.0.0/8"}, {"two.test:" + port + ":10.255.255.1,127.0.0.1",
                                   "six.test:" + port + ":[fd00::1],127.0.0.1",
                                   "none.test:" + port + ":10.255.255.1,fd00::1"})};
  CHECK(fetch.fetch("http://two.test:" + port)["body"] == "hello");
  CHECK(fetch.fetch("http://six.test:" + port)["body"] == "hello");
  CHECK(fetch.fail({{"url", "http://none.test:" + port}}) == "blocked");
}

TEST_CASE("a name that is allowed opens its addresses under that name alone") {
  auto page = greeting();
  const auto port = std::to_string(page.port());
  rig fetch{only({"Inner.test:" + port},
                 {"inner.test:" + port + ":127.0.0.1", "other.test:" + port + ":127.0.0.1"})};
  CHECK(fetch.fetch("http://INNER.test:" + port + "/")["body"] == "hello");
  CHECK(fetch.fail({{"url", "http://other.test:" + port}}) == "blocked");
  CHECK(fetch.fail({{"url", page.url()}}) == "blocked");
}

TEST_CASE("with a proxy everything goes there, but no blocked address that stands in the URL") {
  server proxy{[](const server::message& got) { return reply("200 OK", got.path()); }};
  auto options = only({});
  options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  rig fetch{options};
  CHECK(fetch.fetch("http://name.test/a")["body"] == "http://name.test/a");
  CHECK(fetch.fail({{"url", "http://127.1/"}}) == "blocked");
  CHECK(fetch.fail({{"url", "http://[::1]/"}}) == "blocked");
  CHECK(proxy.connections == 1);
}
