#include "actors/backoff.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using squall::actors::backoff;

TEST_CASE("pauses double up to the longest one, shortened by up to a half") {
  backoff pauses{100ms, 2s, 42};
  for (auto full : {100ms, 200ms, 400ms, 800ms, 1'600ms, 2'000ms, 2'000ms}) {
    auto pause = pauses.next();
    CHECK(pause <= full);
    CHECK(pause >= full / 2);
  }
}

TEST_CASE("after a success pauses begin short again") {
  backoff pauses{100ms, 2s, 1};
  for (int i = 0; i < 10; ++i)
    pauses.next();
  pauses.reset();
  CHECK(pauses.next() <= 100ms);
}

TEST_CASE("processes with different seeds pause for different times") {
  backoff one{1'000ms, 2s, 1};
  backoff other{1'000ms, 2s, 2};
  CHECK(one.next() != other.next());
}
