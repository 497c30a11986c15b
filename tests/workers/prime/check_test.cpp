#include "workers/prime/check.hpp"

#include "tests/support/catch.hpp"
#include "workers/prime/big_prime.hpp"

#include <gmp.h>

#include <memory>
#include <string>

using namespace squall::workers::prime;

namespace {

verdict check_text(const std::string& text) {
  return check(std::get<decimal>(parse_decimal(text)), {}).value();
}

const verdict probable_prime{true, certainty::probable, 0, random_rounds};

/// Owns an mpz_t, and shows it as text.
class number {
public:
  number() { mpz_init(value_); }
  ~number() { mpz_clear(value_); }
  number(const number&) = delete;
  number& operator=(const number&) = delete;

  mpz_ptr get() { return value_; }
  std::string text() const {
    const std::unique_ptr<char, void (*)(void*)> digits(mpz_get_str(nullptr, 10, value_),
                                                        &std::free);
    return digits.get();
  }

private:
  mpz_t value_;
};

} // namespace

TEST_CASE("0, 1 and negatives are proven not to be prime") {
  for (const auto* text : {"0", "1", "-0", "+1", "-1", "-7", "-18446744073709551629"}) {
    CAPTURE(text);
    REQUIRE(check_text(text) == verdict{});
  }
}

TEST_CASE("below 2^64 answers are proven, above primes are probable and composites proven") {
  REQUIRE(check_text("18446744073709551557") == verdict{true, certainty::proven, 0, 0});
  REQUIRE(check_text("18446744073709551615") == verdict{false, certainty::proven, 3, 0});
  REQUIRE(check_text("18446744073709551616") == verdict{false, certainty::proven, 2, 0});
  REQUIRE(check_text("18446744073709551617") == verdict{false, certainty::proven, 0, 0});
  REQUIRE(check_text("18446744073709551629") == probable_prime);
}

TEST_CASE("Mersenne primes are probable primes, and their neighbours are not") {
  number n;
  for (const auto exponent : {89U, 107U, 127U, 521U, 607U, 1279U, 2203U}) {
    CAPTURE(exponent);
    mpz_set_ui(n.get(), 0);
    mpz_setbit(n.get(), exponent);
    REQUIRE(check_text(n.text()).factor == 2);
    mpz_sub_ui(n.get(), n.get(), 1);
    REQUIRE(check_text(n.text()) == probable_prime);
  }
  mpz_set_ui(n.get(), 0);
  mpz_setbit(n.get(), 67);
  mpz_sub_ui(n.get(), n.get(), 1);
  REQUIRE(check_text(n.text()) == verdict{}); // 193707721 * 761838257287
}

TEST_CASE("composites that deceive strong tests are composite") {
  // The least strong pseudoprimes to the first 12 and 13 prime bases (Sorenson and Webster 2015),
  // and a Carmichael number.
  for (const auto* text :
       {"318665857834031151167461", "3317044064679887385961981", "1791562810662585767521"}) {
    CAPTURE(text);
    REQUIRE_FALSE(check_text(text).prime);
  }
  // F. Arnault (1995): a strong pseudoprime to every prime base below 307.
  number p;
  number q;
  number n;
  mpz_set_str(p.get(),
              "29674495668685510550154174642905332730771991799853043350995075531276838753171770199"
              "594238596428121188033664754218345562493168782883",
              10);
  mpz_set(n.get(), p.get());
  mpz_sub_ui(p.get(), p.get(), 1);
  for (const auto factor : {313U, 353U}) {
    mpz_mul_ui(q.get(), p.get(), factor);
    mpz_add_ui(q.get(), q.get(), 1);
    mpz_mul(n.get(), n.get(), q.get());
  }
  REQUIRE(n.text().size() == 397);
  REQUIRE(check_text(n.text()) == verdict{});
}

TEST_CASE("RSA's challenge numbers are composite without a known factor") {
  for (const auto* text :
       {"152260502792253336053561837813263742971806811496138068865790849458012296325895289765400035"
        "0692006139",
        "114381625757888867669235779976146612010218296721242362562561842935706935245733897830597123"
        "563958705058989075147599290026879543541"})
    REQUIRE(check_text(text) == verdict{});
}

TEST_CASE("big numbers agree with GMP, and a factor divides them and is the smallest") {
  gmp_randstate_t random;
  gmp_randinit_default(random);
  number n;
  for (const auto bits : {65U, 66U, 80U, 96U, 127U, 128U, 129U, 192U, 256U, 400U, 512U})
    for (int i = 0; i < 300; ++i) {
      mpz_urandomb(n.get(), random, bits - 1);
      mpz_setbit(n.get(), bits - 1);
      if (i % 10 == 0) mpz_nextprime(n.get(), n.get());
      CAPTURE(n.text());
      const auto found = check_text(n.text());
      REQUIRE(found.prime == (mpz_probab_prime_p(n.get(), 25) != 0));
      if (found.factor == 0) continue;
      REQUIRE_FALSE(found.prime);
      REQUIRE(mpz_divisible_ui_p(n.get(), found.factor) != 0);
      for (std::uint32_t smaller = 2; smaller < found.factor; ++smaller)
        REQUIRE(mpz_divisible_ui_p(n.get(), smaller) == 0);
    }
  gmp_randclear(random);
}

TEST_CASE("every prime that a long number is divided by is found") {
  number prime;
  number product;
  mpz_set_ui(prime.get(), 0);
  mpz_setbit(prime.get(), 4423);
  mpz_sub_ui(prime.get(), prime.get(), 1);
  for (const auto p : {3U, 5U, 53U, 59U, 257U, 1009U, 30011U, 65003U}) {
    mpz_mul_ui(product.get(), prime.get(), p);
    CAPTURE(p);
    REQUIRE(check_text(product.text()).factor == p);
  }
}

TEST_CASE("10,000 digits are decided") {
  REQUIRE(check_text(std::string(9'999, '1') + "2").factor == 2);
  REQUIRE(check_text(std::string(10'000, '1')).factor == 11);
}

TEST_CASE("a stop request ends a check of a big number, but not one that is over at once") {
  std::stop_source source;
  source.request_stop();
  const auto big = parse_decimal("170141183460469231731687303715884105727");
  REQUIRE_FALSE(check(std::get<decimal>(big), source.get_token()).has_value());
  const auto small = parse_decimal("97");
  REQUIRE(check(std::get<decimal>(small), source.get_token())->prime);
}

TEST_CASE("the estimate never falls with more digits") {
  for (std::size_t digits = 0; digits < max_digits; ++digits)
    REQUIRE(estimate(digits) <= estimate(digits + 1));
  REQUIRE(estimate(19) < std::chrono::microseconds(5));
  REQUIRE(estimate(4'000) > std::chrono::milliseconds(200));
}
