#include "workers/fetch/address_policy.hpp"

#include "tests/support/catch.hpp"

#include <stdexcept>

using namespace squall::workers::fetch;
using boost::asio::ip::make_address;
using Catch::Matchers::ContainsSubstring;

namespace {

bool permits(std::vector<std::string> allowed, const char* where, std::uint16_t port = 80,
             const char* host = "example.org") {
  std::vector<allow_entry> entries;
  entries.reserve(allowed.size());
  for (const auto& text : allowed)
    entries.push_back(parse_allow(text));
  return address_policy{entries}.permits(make_address(where), port, host);
}

} // namespace

TEST_CASE("addresses of the internet are public") {
  for (const auto* text : {"1.1.1.1",         "9.255.255.255",    "11.0.0.0",
                           "100.63.255.255",  "100.128.0.0",      "126.255.255.255",
                           "128.0.0.0",       "168.63.129.17",    "172.15.255.255",
                           "172.32.0.0",      "192.0.1.0",        "192.167.0.1",
                           "198.17.255.255",  "198.20.0.0",       "223.255.255.255",
                           "2606:4700::1111", "2001:200::1",      "2a00:1450:4001:800::200e",
                           "::ffff:1.1.1.1",  "64:ff9b::1.1.1.1", "2002:101:101::1",
                           "::1.1.1.1"}) {
    CAPTURE(text);
    CHECK(is_public(make_address(text)));
  }
}

TEST_CASE("addresses with a special purpose are not public") {
  for (const auto* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "10.255.255.255",
                           "100.64.0.1",
                           "100.100.100.200",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.254",
                           "168.63.129.16",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.192",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.0.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "ff02::1",
                           "100::1",
                           "2001::1",
                           "2001:db8::1",
                           "3fff::1",
                           "64:ff9b:1::1",
                           "5f00::1",
                           "4000::1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_public(make_address(text)));
  }
}

TEST_CASE("an IPv6 address that carries an IPv4 address is judged by that") {
  for (const auto* text : {"::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::ffff:10.0.0.1", "::127.0.0.1",
                           "::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe",
                           "2002:7f00:1::1", "2002:a00:1::", "2002:c0a8:101::1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_public(make_address(text)));
  }
  CHECK(permits({"10.0.0.0/8"}, "::ffff:10.0.0.1"));
  CHECK(permits({"10.0.0.0/8"}, "64:ff9b::10.0.0.1"));
  CHECK_FALSE(permits({"10.0.0.0/8"}, "::ffff:127.0.0.1"));
}

TEST_CASE("an operator allows networks, addresses and names, each with a port or with all") {
  CHECK_FALSE(permits({}, "127.0.0.1"));
  CHECK(permits({"127.0.0.0/8"}, "127.9.9.9"));
  CHECK_FALSE(permits({"127.0.0.0/9"}, "127.128.0.0"));
  CHECK(permits({"0.0.0.0/0"}, "10.0.0.1"));
  CHECK_FALSE(permits({"0.0.0.0/0"}, "::1"));
  CHECK(permits({"::/0"}, "fe80::1"));
  CHECK(permits({"fd00::/8"}, "fdff::1"));
  CHECK(permits({"127.0.0.1"}, "127.0.0.1", 9));
  CHECK(permits({"127.0.0.1:81"}, "127.0.0.1", 81));
  CHECK_FALSE(permits({"127.0.0.1:81"}, "127.0.0.1", 80));
  CHECK_FALSE(permits({"127.0.0.1"}, "127.0.0.2"));
  CHECK(permits({"[::1]:81"}, "::1", 81));
  CHECK_FALSE(permits({"[::1]:81"}, "::1", 82));
  CHECK(permits({"::1"}, "::1"));
  CHECK(permits({"[::1]"}, "::1"));
  CHECK(permits({"1.2.3.4", "Inner.Example."}, "10.0.0.1", 80, "inner.example"));
  CHECK(permits({"inner.example:81"}, "10.0.0.1", 81, "inner.example"));
  CHECK_FALSE(permits({"inner.example:81"}, "10.0.0.1", 80, "inner.example"));
  CHECK_FALSE(permits({"inner.example"}, "10.0.0.1", 80, "an.inner.example"));
  CHECK_FALSE(permits({"10.0.0.1"}, "127.0.0.1", 80, "10.0.0.1"));
}

TEST_CASE("what allows nothing is refused, and named") {
  for (const std::string text : {"", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x",
                                 "10.0.0.0/-1", "name/8", "name:", "name:65536", "name:x", "a b",
                                 "[::1", "[::1]x", "[name]:80", ":80", "*", "http://a"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_allow(text), std::invalid_argument);
    CHECK_THROWS_WITH(parse_allow(text), ContainsSubstring("'" + text + "'"));
  }
}
