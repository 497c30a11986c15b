#include "gateway/refused_peers.hpp"

#include "tests/support/catch.hpp"

using namespace squall::gateway;
using namespace std::chrono_literals;

namespace {

const refused_peers::time_point start{};

} // namespace

TEST_CASE("a refused connection is told with its address and the reason") {
  refused_peers peers;
  CHECK(peers.note("192.0.2.7:40000", "no certificate", start) ==
        "a connection from 192.0.2.7:40000 to the cluster port was refused: no certificate");
}

TEST_CASE("a host that comes again and again is told once a minute, with their number") {
  refused_peers peers;
  REQUIRE(peers.note("192.0.2.7:1", "why", start));
  CHECK_FALSE(peers.note("192.0.2.7:2", "why", start + 1s));
  CHECK_FALSE(peers.note("192.0.2.7:3", "why", start + 59s));
  CHECK(peers.note("192.0.2.7:4", "why", start + 60s) ==
        "a connection from 192.0.2.7:4 to the cluster port was refused: why; 2 more from this host "
        "since the last such line");
  CHECK_FALSE(peers.note("192.0.2.7:5", "why", start + 61s));
}

TEST_CASE("another host, and another reason, are told at once") {
  refused_peers peers;
  REQUIRE(peers.note("192.0.2.7:1", "why", start));
  CHECK(peers.note("192.0.2.8:1", "why", start));
  CHECK(peers.note("192.0.2.7:2", "another", start));
  CHECK(peers.note("[2001:db8::7]:2", "why", start));
}

TEST_CASE("who comes from countless addresses fills neither memory nor log") {
  refused_peers peers;
  std::size_t told = 0;
  for (int i = 0; i < 10'000; ++i)
    told += peers.note("host" + std::to_string(i) + ":1", "why", start).has_value();
  CHECK(told == refused_peers::most);
  CHECK_FALSE(peers.note("192.0.2.7:1", "why", start + 59s));
  CHECK(peers.note("192.0.2.7:1", "why", start + 60s));
}
