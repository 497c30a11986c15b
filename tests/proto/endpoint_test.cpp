#include "proto/endpoint.hpp"

#include "tests/support/catch.hpp"

using namespace squall::proto;

TEST_CASE("an endpoint is a name or an address, and a port") {
  CHECK(parse_endpoint("gateway:7411") == endpoint{"gateway", 7411});
  CHECK(parse_endpoint("127.0.0.1:0") == endpoint{"127.0.0.1", 0});
  CHECK(parse_endpoint("[::1]:65535") == endpoint{"::1", 65535});
}

TEST_CASE("an endpoint's text is what it was read from") {
  for (const char* text : {"127.0.0.1:8888", "localhost:0", "[::1]:65535", "gw.example:7411"}) {
    const auto where = parse_endpoint(text);
    REQUIRE(where);
    CHECK(to_string(*where) == text);
  }
}

TEST_CASE("what is no endpoint is refused") {
  for (const char* text :
       {"", ":", "8888", ":8888", "host", "host:", "host:x", "host:1x", "host:65536", "host:-1",
        "host:80 ", "::1:80", "[]:80", "[:80", "]:80]", "[::1:80"}) {
    INFO(text);
    CHECK_FALSE(parse_endpoint(text));
  }
}

TEST_CASE("only this machine's addresses are loopback") {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
    CHECK(is_loopback(host));
  for (const char* host :
       {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "example", "127.0.0.1.example"})
    CHECK_FALSE(is_loopback(host));
}
