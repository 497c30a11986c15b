#include "workers/prime/decimal.hpp"

#include "tests/support/catch.hpp"

#include <limits>
#include <string>

using namespace squall::workers::prime;

namespace {

std::string normalised(std::string_view text) {
  const auto number = std::get<decimal>(parse_decimal(text));
  return (number.negative ? "-" : "") + std::string(number.digits);
}

refusal refused(std::string_view text) {
  return std::get<refusal>(parse_decimal(text));
}

} // namespace

TEST_CASE("signs and leading zeros are normalised") {
  REQUIRE(normalised("97") == "97");
  REQUIRE(normalised("+97") == "97");
  REQUIRE(normalised("-97") == "-97");
  REQUIRE(normalised("00097") == "97");
  REQUIRE(normalised("-00097") == "-97");
  REQUIRE(normalised("0") == "0");
  REQUIRE(normalised("000") == "0");
  REQUIRE(normalised("-0") == "0");
}

TEST_CASE("what is no integer is refused with its reason") {
  REQUIRE(refused("") == refusal::empty);
  for (const auto* text : {"-", "+", " ", " 97", "97 ", "9 7", "--97", "+-97", "0x61", "abc", "97a",
                           "1,000", "1_000", ".", "e5", "1-2", "NaN", "inf", "\xff"}) {
    CAPTURE(text);
    REQUIRE(refused(text) == refusal::not_an_integer);
  }
  for (const auto* text : {"12.5", "1.0", "1e3", "1E3", "-2.5", ".5", "5.", "1e-3", "1.5e+10"}) {
    CAPTURE(text);
    REQUIRE(refused(text) == refusal::fractional);
  }
}

TEST_CASE("10,000 digits are accepted and 10,001 refused, leading zeros not counted") {
  const std::string longest(max_digits, '7');
  REQUIRE(normalised(longest) == longest);
  REQUIRE(normalised("-000" + longest) == "-" + longest);
  REQUIRE(refused(longest + "7") == refusal::too_long);
}

TEST_CASE("a value below 2^64 fits a word, and one above does not") {
  const auto word = [](std::string_view text) {
    return std::get<decimal>(parse_decimal(text)).word();
  };
  REQUIRE(word("0") == 0);
  REQUIRE(word("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  REQUIRE_FALSE(word("18446744073709551616"));
  REQUIRE_FALSE(word("99999999999999999999"));
  REQUIRE_FALSE(word("100000000000000000000"));
}
