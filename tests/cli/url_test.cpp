#include "deploy/cli/url.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/gateway_flags.hpp"
#include "tests/support/catch.hpp"

using namespace squall::cli;

TEST_CASE("a URL is taken apart") {
  CHECK(parse_url("http://127.0.0.1:8888") == url{"127.0.0.1", "8888", "/"});
  CHECK(parse_url("ws://localhost:9000/ws/prime?x=1") == url{"localhost", "9000", "/ws/prime?x=1"});
  CHECK(parse_url("gateway.example") == url{"gateway.example", "80", "/"});
  CHECK(parse_url("http://[::1]:8888/") == url{"::1", "8888", "/"});
  CHECK(parse_url("http://[::1]:8888/").authority() == "[::1]:8888");
}

TEST_CASE("a URL with TLS has a port of its own and says so to people") {
  for (const auto* text : {"https://gateway.example", "wss://gateway.example:443/"}) {
    CAPTURE(text);
    const auto read = parse_url(text);
    CHECK(read.is_secure);
    CHECK(read.host == "gateway.example");
    CHECK(read.origin() == "https://gateway.example:443");
  }
  CHECK(parse_url("https://[::1]:8443/x").origin() == "https://[::1]:8443");
  CHECK_FALSE(parse_url("ws://gateway.example").is_secure);
  CHECK(parse_url("gateway.example").origin() == "http://gateway.example:80");
}

TEST_CASE("only a gateway with TLS has authorities to be believed") {
  CHECK(parse_url("https://h", "", "").trust);
  CHECK_FALSE(parse_url("http://h", "", "/nowhere").trust);
  CHECK_THROWS_WITH(parse_url("https://h", "", "/nowhere"),
                    Catch::Matchers::ContainsSubstring("--ca: /nowhere cannot be read"));
}

TEST_CASE("a URL that cannot be used is misuse that names it") {
  for (const auto* text :
       {"", "ftp://a", "http://", "https://", "a:", "a:99999", "a:8x", "[::1", "http://:80"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_url(text), misuse);
  }
  CHECK_THROWS_WITH(parse_url("ftp://a"), Catch::Matchers::ContainsSubstring("ftp://a"));
}

TEST_CASE(
    "a token is shown as a line of the header, and one that would break it is refused unsaid") {
  CHECK(parse_url("http://h").authorization().empty());
  const auto shown = parse_url(gateway_flags{"http://h", "sq_x", ""});
  CHECK(shown.host == "h");
  CHECK(shown.authorization() == "Authorization: Bearer sq_x\r\n");
  for (const auto* bad : {"a b", "a\nb", "\xc3\xa4", "a\t"}) {
    CHECK_THROWS_WITH(parse_url("http://h", bad, ""),
                      !Catch::Matchers::ContainsSubstring(bad) &&
                          Catch::Matchers::ContainsSubstring("--token"));
  }
}
