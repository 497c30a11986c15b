#include "workers/prime/word_prime.hpp"

#include "tests/support/catch.hpp"

#include <gmp.h>

#include <initializer_list>
#include <random>
#include <vector>

using squall::workers::prime::check_word;

namespace {

/// What GMP says, whose Baillie-PSW is another than ours: a strong Lucas test.
bool gmp_says_prime(std::uint64_t n) {
  mpz_t big;
  mpz_init_set_ui(big, n);
  const auto prime = mpz_probab_prime_p(big, 25) != 0;
  mpz_clear(big);
  return prime;
}

void require_composite(std::initializer_list<std::uint64_t> numbers) {
  for (const auto n : numbers) {
    CAPTURE(n);
    REQUIRE_FALSE(check_word(n).prime);
  }
}

constexpr std::uint64_t below_2_64(std::uint64_t distance) {
  return 0 - distance;
}

} // namespace

TEST_CASE("every number below 100,000 agrees with a sieve, and its factor is the smallest") {
  constexpr std::uint32_t limit = 100'000;
  std::vector<std::uint32_t> smallest_factor(limit);
  for (std::uint32_t p = 2; p < limit; ++p)
    for (auto multiple = p; smallest_factor[p] == 0 || multiple > p; multiple += p) {
      if (multiple >= limit) break;
      if (smallest_factor[multiple] == 0) smallest_factor[multiple] = p;
    }
  for (std::uint32_t n = 0; n < limit; ++n) {
    CAPTURE(n);
    const auto verdict = check_word(n);
    const auto prime = n >= 2 && smallest_factor[n] == n;
    REQUIRE(verdict.prime == prime);
    const auto found = !prime && n >= 2 && smallest_factor[n] < 256;
    REQUIRE(verdict.factor == (found ? smallest_factor[n] : 0));
  }
}

TEST_CASE("strong pseudoprimes to many bases are composite") {
  // The least ones to the first 1, 2, 3, ... prime bases (Jaeschke 1993; Jiang and Deng 2014).
  require_composite({2047, 1373653, 25326001, 3215031751, 2152302898747, 3474749660383,
                     341550071728321, 3825123056546413051});
}

TEST_CASE("Carmichael numbers are composite") {
  require_composite(
      {561, 1105, 1729, 9746347772161, 1436697831295441, 60977817398996785, 7156857700403137441});
}

TEST_CASE("squares and Wieferich primes' squares are composite") {
  // 1093 and 3511 are the known primes whose squares pass the strong test to base 2.
  require_composite({1093ULL * 1093, 3511ULL * 3511, 257ULL * 257, 65537ULL * 65537,
                     4294967291ULL * 4294967291ULL});
}

TEST_CASE("extra strong Lucas pseudoprimes are composite") {
  // OEIS A217719; those without a factor below 256 among them show the strong test's part.
  require_composite({989,     3239,    5777,    10877,   75077,   100127,  113573,
                     161027,  162133,  231703,  430127,  635627,  851927,  1033997,
                     1106327, 1241099, 1256293, 1388903, 1697183, 2263127, 2435423});
}

TEST_CASE("known large primes are prime") {
  REQUIRE(check_word((1ULL << 61) - 1).prime);
  for (const auto distance : {59U, 83U, 95U, 179U, 189U, 257U, 279U, 323U, 353U, 363U}) {
    CAPTURE(distance);
    REQUIRE(check_word(below_2_64(distance)).prime);
  }
}

TEST_CASE("every number of the last thousand below 2^64 agrees with GMP") {
  for (std::uint64_t distance = 1; distance <= 1000; ++distance) {
    CAPTURE(distance);
    REQUIRE(check_word(below_2_64(distance)).prime == gmp_says_prime(below_2_64(distance)));
  }
}

TEST_CASE("random numbers of every length agree with GMP") {
  std::mt19937_64 random(20240501);
  for (unsigned bits = 2; bits <= 64; ++bits)
    for (int i = 0; i < 2000; ++i) {
      const auto n = random() >> (64 - bits);
      CAPTURE(n);
      REQUIRE(check_word(n).prime == gmp_says_prime(n));
    }
}

TEST_CASE("products of two primes of 32 bits are composite") {
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> primes;
  while (primes.size() < 100)
    if (const auto p = (random() >> 32) | 0x80000001U; check_word(p).prime) primes.push_back(p);
  for (const auto p : primes)
    for (const auto q : primes)
      REQUIRE_FALSE(check_word(p * q).prime);
}
