#include "gateway/http/syntax.hpp"

#include "tests/support/catch.hpp"

namespace http = squall::gateway::http;

TEST_CASE("targets have the four forms of RFC 9112") {
  auto origin = http::parse_target("GET", "/a/b?c=d?e");
  REQUIRE(origin);
  CHECK(origin->path == "/a/b");
  CHECK(origin->query == "c=d?e");
  auto absolute = http::parse_target("GET", "http://h:1?q");
  REQUIRE(absolute);
  CHECK(absolute->authority == "h:1");
  CHECK(absolute->path == "/");
  CHECK(absolute->query == "q");
  CHECK(http::parse_target("OPTIONS", "*")->path == "*");
  CHECK_FALSE(http::parse_target("GET", "*"));
  CHECK(http::parse_target("CONNECT", "h:443")->authority == "h:443");
  CHECK_FALSE(http::parse_target("CONNECT", "/"));
  CHECK_FALSE(http::parse_target("GET", "h:443"));
  CHECK_FALSE(http::parse_target("GET", "ftp://h/"));
  CHECK_FALSE(http::parse_target("GET", "http:///"));
}

TEST_CASE("percent escapes are decoded or refused") {
  CHECK(http::percent_decode("a%2Fb+c", true) == "a/b c");
  CHECK(http::percent_decode("a+b", false) == "a+b");
  CHECK_FALSE(http::percent_decode("%", true));
  CHECK_FALSE(http::percent_decode("%2", true));
  CHECK_FALSE(http::percent_decode("%zz", true));
}

TEST_CASE("numbers are digits within a bound") {
  CHECK(http::parse_number("0", 9) == 0u);
  CHECK(http::parse_number("009", 9) == 9u);
  CHECK_FALSE(http::parse_number("10", 9));
  CHECK_FALSE(http::parse_number("5", 4));
  CHECK_FALSE(http::parse_number("", 9));
  CHECK_FALSE(http::parse_number("+1", 9));
  CHECK(http::parse_number("18446744073709551615", UINT64_MAX) == UINT64_MAX);
  CHECK_FALSE(http::parse_number("18446744073709551616", UINT64_MAX));
}

TEST_CASE("query parameters are taken off one by one") {
  std::string_view query = "a=1&&b&c=";
  CHECK(http::next_parameter(query) == std::pair<std::string_view, std::string_view>("a", "1"));
  CHECK(http::next_parameter(query) == std::pair<std::string_view, std::string_view>("", ""));
  CHECK(http::next_parameter(query) == std::pair<std::string_view, std::string_view>("b", ""));
  CHECK(http::next_parameter(query) == std::pair<std::string_view, std::string_view>("c", ""));
  CHECK(query.empty());
}
