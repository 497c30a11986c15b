#include "gateway/http/prefer.hpp"

#include "tests/support/catch.hpp"

using squall::gateway::http::preferred_wait;

TEST_CASE("the time that a client prefers to wait is found among its preferences") {
  CHECK(preferred_wait("wait=10") == 10U);
  CHECK(preferred_wait("respond-async, wait=10") == 10U);
  CHECK(preferred_wait("handling=lenient,WAIT = \"3\" ; x=1") == 3U);
  CHECK(preferred_wait("wait=1, wait=2") == 1U);
  CHECK(preferred_wait("wait=0") == 0U);
  CHECK(preferred_wait("wait=86401") == 86'400U);
  CHECK(preferred_wait("wait=18446744073709551615") == 86'400U);
}

TEST_CASE("what does not say how long to wait is no such preference") {
  for (const auto* prefer :
       {"", "respond-async", "wait", "wait=", "wait=-1", "wait=1.5", "wait=18446744073709551616",
        "x=\"a, wait=5\"", "x=\"\\\", wait=5\"", "awaits=5", ",", "\"", "x=\"\\"}) {
    INFO(prefer);
    CHECK_FALSE(preferred_wait(prefer));
  }
}
