#include "actors/queue/rate_bucket.hpp"

#include "tests/actors/queue/limited_queues.hpp"
#include "tests/support/catch.hpp"

#include <limits>

using squall::actors::rate_bucket;
using squall::tests::rated;

namespace {

constexpr auto no_limit = std::numeric_limits<std::uint32_t>::max();

} // namespace

TEST_CASE("a queue without a rate hands out what is asked for") {
  rate_bucket bucket;
  CHECK(bucket.available({}, 5) == no_limit);
  bucket.take(1'000'000);
  bucket.give_back();
  CHECK(bucket.available({}, 5) == no_limit);
}

TEST_CASE("a rate allows a second's worth at once, and then one after the other") {
  rate_bucket bucket;
  const auto hundred = rated(100, 1'000);
  CHECK(bucket.available(hundred, 7'000) == 100);
  bucket.take(100);
  CHECK(bucket.available(hundred, 7'000) == 0);
  CHECK(bucket.next_ms() == 7'010);
  CHECK(bucket.available(hundred, 7'009) == 0);
  CHECK(bucket.next_ms() == 7'010);
  CHECK(bucket.available(hundred, 7'010) == 1);
  CHECK(bucket.available(hundred, 7'500) == 50);
  CHECK(bucket.available(hundred, 7'999) == 99);
  CHECK(bucket.available(hundred, 999'999'999'999) == 100);
}

TEST_CASE("clocks that differ bring no more than the one that is ahead") {
  rate_bucket bucket;
  const auto rate = rated(100, 1'000);
  bucket.available(rate, 7'050);
  bucket.take(100);
  for (std::uint64_t passed = 0; passed < 10; ++passed) {
    CHECK(bucket.available(rate, 7'000 + passed) == 0); // 50 ms behind
    CHECK(bucket.available(rate, 7'050 + passed) == 0);
  }
  CHECK(bucket.available(rate, 7'060) == 1);
  SECTION("unless it was wrong") {
    CHECK(bucket.available(rate, 999'999) == 100);
    bucket.take(100);
    CHECK(bucket.available(rate, 8'000) == 0);
    CHECK(bucket.available(rate, 8'100) == 10);
  }
}

TEST_CASE("a slow rate allows one at a time") {
  rate_bucket bucket;
  const auto slow = rated(2, 3'600'000);
  CHECK(bucket.available(slow, 0) == 1);
  bucket.take(1);
  CHECK(bucket.available(slow, 1) == 0);
  CHECK(bucket.next_ms() == 1'800'000);
  CHECK(bucket.available(slow, 1'799'999) == 0);
  CHECK(bucket.available(slow, 1'800'000) == 1);
  CHECK(bucket.available(slow, 1'800'000'000) == 1);
}

TEST_CASE("over a long time neither more nor fewer items come than the rate says") {
  const auto [count, ms] = GENERATE(table<std::uint32_t, std::uint32_t>(
      {{7, 1'000}, {3, 60'000}, {5'000, 1'000}, {999, 3'600'000}}));
  rate_bucket bucket;
  const auto limit = rated(count, ms);
  bucket.take(bucket.available(limit, 0));
  std::uint64_t taken = 0;
  for (std::uint64_t now = 0; now < 10ULL * ms;) {
    REQUIRE(bucket.available(limit, now) == 0);
    now = bucket.next_ms();
    const auto some = bucket.available(limit, now);
    REQUIRE(some > 0);
    bucket.take(some);
    taken += some;
  }
  CHECK(taken == 10ULL * count);
}

TEST_CASE("what is given back can be taken again, but never more than fits") {
  rate_bucket bucket;
  const auto two = rated(2, 1'000);
  CHECK(bucket.available(two, 0) == 2);
  bucket.give_back();
  CHECK(bucket.available(two, 0) == 2);
  bucket.take(2);
  bucket.give_back();
  CHECK(bucket.available(two, 0) == 1);
}

TEST_CASE("a rate that becomes another begins anew, the same one goes on") {
  rate_bucket bucket;
  bucket.take(bucket.available(rated(10, 1'000), 0));
  CHECK(bucket.available(rated(10, 1'000), 0) == 0);
  CHECK(bucket.available(rated(10, 60'000), 0) == 1);
  bucket.take(1);
  CHECK(bucket.available({}, 0) == no_limit);
  CHECK(bucket.available(rated(10, 60'000), 0) == 1);
  CHECK(bucket.available(rated(10, 0), 0) == 10'000);
}
