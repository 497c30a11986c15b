#include "gateway/net/address.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace squall::gateway::net;

TEST_CASE("an address is a host and a port") {
  for (const char* text : {"127.0.0.1:8888", "localhost:0", "[::1]:65535", "gw.example:7411"}) {
    const auto where = parse_address(text);
    REQUIRE(where);
    CHECK(to_string(*where) == text);
  }
  CHECK(parse_address("[::1]:1")->host == "::1");
}

TEST_CASE("what is no address is refused") {
  for (const char* text : {"", ":", "8888", ":8888", "host", "host:", "host:x", "host:65536",
                           "host:-1", "::1:80", "[::1:80", "[]:80", "host:80 "})
    CHECK_FALSE(parse_address(text));
}

TEST_CASE("only this machine's addresses are loopback") {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
    CHECK(is_loopback(host));
  for (const char* host :
       {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "example", "127.0.0.1.example"})
    CHECK_FALSE(is_loopback(host));
}
