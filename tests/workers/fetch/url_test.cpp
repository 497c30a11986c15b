#include "workers/fetch/url.hpp"

#include "tests/support/catch.hpp"

using namespace squall::workers::fetch;
using Catch::Matchers::ContainsSubstring;

namespace {

url read(std::string_view text, const url* base = nullptr) {
  CAPTURE(text);
  auto parsed = parse_url(text, base);
  REQUIRE(std::holds_alternative<url>(parsed));
  return std::get<url>(parsed);
}

url_refusal refused(const std::string& text) {
  CAPTURE(text.substr(0, 100));
  auto parsed = parse_url(text);
  REQUIRE(std::holds_alternative<url_refusal>(parsed));
  return std::get<url_refusal>(parsed);
}

} // namespace

TEST_CASE("a URL has a scheme, a host, a port, and no secrets in its text") {
  const auto full = read("HTTPS://us%40er:pa%3Ass@Example.ORG.:8443/a/b?c=d#e");
  CHECK(full.scheme == "https");
  CHECK(full.host == "example.org");
  CHECK(full.port == 8443);
  CHECK(full.user == "us@er");
  CHECK(full.password == "pa:ss");
  CHECK_THAT(full.text, ContainsSubstring("/a/b?c=d"));
  CHECK(full.text.find("pa") == std::string::npos);
  CHECK(full.text.find('#') == std::string::npos);
  CHECK(read("http://a").port == 80);
  CHECK(read("https://a").port == 443);
  CHECK(read("http://[::1]:9/x").host == "::1");
  CHECK(read("http://a/b c\u00e4").text == "http://a/b%20c%c3%a4");
}

TEST_CASE("odd spellings of an IPv4 address are that address") {
  for (const auto* text : {"http://127.1/", "http://0x7f.0.0.1/", "http://2130706433/",
                           "http://0177.0.0.1/", "http://0x7f000001/"})
    CHECK(read(text).host == "127.0.0.1");
}

TEST_CASE("a URL may be relative to another") {
  const auto base = read("https://a.example/b/c?d");
  CHECK(read("e", &base).text == "https://a.example/b/e");
  CHECK(read("/e", &base).text == "https://a.example/e");
  CHECK(read("../e?f", &base).text == "https://a.example/e?f");
  CHECK(read("?f", &base).text == "https://a.example/b/c?f");
  CHECK(read("//other.example/e", &base).text == "https://other.example/e");
  CHECK(read("http://other.example", &base).text == "http://other.example/");
}

TEST_CASE("what is no URL of http or https is refused") {
  for (const auto* text :
       {"ftp://a/", "file:///etc/passwd", "gopher://a/", "dict://a/", "x-y://a/"})
    CHECK(refused(text).scheme);
  for (const std::string text : {"", "a", "/a", "//a", "http://", "http://a:b/", "http://a:99999/",
                                 "http://[::1", "http://a b/"})
    CHECK_FALSE(refused(text).message.empty());
  CHECK_THAT(refused(std::string("http://a/\0", 10)).message, ContainsSubstring("NUL"));
  CHECK_THAT(refused("http://a/" + std::string(40'000, 'b')).message, ContainsSubstring("longer"));
}

TEST_CASE("an origin is scheme, host and port") {
  CHECK(same_origin(read("http://a/x"), read("http://A:80/y")));
  CHECK_FALSE(same_origin(read("http://a"), read("https://a")));
  CHECK_FALSE(same_origin(read("http://a"), read("http://a:81")));
  CHECK_FALSE(same_origin(read("http://a"), read("http://b")));
}
