#include "workers/prime/params.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <random>

using namespace squall::workers::prime;

namespace {

std::string n_of(std::string_view text) {
  const auto parsed = parse_params(text, 0);
  const auto& found = std::get<request>(parsed);
  REQUIRE_FALSE(found.list);
  return (found.n.negative ? "-" : "") + std::string(found.n.digits);
}

std::vector<std::string> numbers_of(std::string_view text) {
  const auto parsed = parse_params(text, 0);
  const auto& found = std::get<request>(parsed);
  REQUIRE(found.list);
  std::vector<std::string> all;
  for (const auto& number : found.numbers)
    all.push_back((number.negative ? "-" : "") + std::string(number.digits));
  return all;
}

std::string error_of(std::string_view text, std::uint32_t first_index = 0) {
  CAPTURE(text);
  const auto parsed = parse_params(text, first_index);
  REQUIRE(std::holds_alternative<std::string>(parsed));
  return std::get<std::string>(parsed);
}

} // namespace

TEST_CASE("n is taken as number and as string, with any spaces") {
  REQUIRE(n_of(R"({"n":"97"})") == "97");
  REQUIRE(n_of(R"({"n":97})") == "97");
  REQUIRE(n_of("\r\n\t { \"n\" :\n-97 } ") == "-97");
  REQUIRE(n_of(R"({"n":-0})") == "0");
  REQUIRE(n_of(R"({"n":"+0097"})") == "97");
}

TEST_CASE("integers beyond every machine type are taken exactly, as number too") {
  REQUIRE(n_of(R"({"n":12345678901234567890123})") == "12345678901234567890123");
  REQUIRE(n_of(R"({"n":18446744073709551617})") == "18446744073709551617");
  const std::string longest(max_digits, '3');
  REQUIRE(n_of("{\"n\":" + longest + "}") == longest);
  REQUIRE(n_of("{\"n\":\"" + longest + "\"}") == longest);
}

TEST_CASE("escapes in strings and names are read as JSON says") {
  REQUIRE(n_of(R"({"n":"\u0039\u0037"})") == "97");
  REQUIRE(n_of(R"({"\u006e":"97"})") == "97");
  REQUIRE(numbers_of(R"({"numbers":["\u0039","\u0038","7"]})") ==
          std::vector<std::string>{"9", "8", "7"});
}

TEST_CASE("numbers are taken in order, and may be none") {
  REQUIRE(numbers_of(R"({"numbers":[]})").empty());
  REQUIRE(numbers_of(R"({"numbers": [ 1 , "2",-3,"18446744073709551616"] })") ==
          std::vector<std::string>{"1", "2", "-3", "18446744073709551616"});
}

TEST_CASE("wrong numbers are refused with their place and the reason") {
  REQUIRE(error_of(R"({"n":"12.5"})") ==
          R"(n: "12.5" is not an integer: it has a fraction or an exponent)");
  REQUIRE(error_of(R"({"n":1e3})") == "n: 1e3 is not an integer: it has a fraction or an exponent");
  REQUIRE(error_of(R"({"n":1.0})") == "n: 1.0 is not an integer: it has a fraction or an exponent");
  REQUIRE(error_of(R"({"n":"abc"})") == R"(n: "abc" is not an integer)");
  REQUIRE(error_of(R"({"n":""})") == R"(n: "" is empty, where an integer is needed)");
  REQUIRE(error_of(R"({"n":null})") == "n: null is not an integer");
  REQUIRE(error_of(R"({"n":true})") == "n: true is not an integer");
  REQUIRE(error_of(R"({"n":{"a":[1]}})") == "n: an object is not an integer");
  REQUIRE(error_of(R"({"n":[97]})") == "n: an array is not an integer");
  REQUIRE(error_of(R"({"numbers":[1,2,3,"x"]})") == R"(numbers[3]: "x" is not an integer)");
  REQUIRE(error_of(R"({"numbers":[1,[2]]})") == "numbers[1]: an array is not an integer");
}

TEST_CASE("the place in a part of a spread list is that in the whole list") {
  REQUIRE(error_of(R"({"numbers":[1,"x"]})", 5000) == R"(numbers[5001]: "x" is not an integer)");
}

TEST_CASE("10,001 digits are refused, and the message shows them shortened") {
  const auto message = error_of("{\"n\":\"" + std::string(max_digits + 1, '7') + "\"}");
  REQUIRE_THAT(message,
               Catch::Matchers::EndsWith("... (10003 characters) has more than 10000 digits"));
  REQUIRE(message.size() < 120);
}

TEST_CASE("messages are printable whatever was sent") {
  const auto message = error_of("{\"n\":\"\xff\xfe\xc3\xa4\"}");
  REQUIRE(message == R"(n: "????" is not an integer)");
}

TEST_CASE("10,001 numbers are refused and 10,000 are not") {
  std::string list = R"({"numbers":[1)";
  for (std::size_t i = 1; i < max_numbers; ++i)
    list += ",1";
  REQUIRE(numbers_of(list + "]}").size() == max_numbers);
  REQUIRE(error_of(list + ",1]}") == "numbers: more than 10000 elements");
}

TEST_CASE("unknown, missing and doubled fields are refused by name") {
  REQUIRE(error_of(R"({"m":1})") == R"(unknown field "m": "n" or "numbers" is taken)");
  REQUIRE(error_of(R"({"n":1,"extra":2})") ==
          R"(unknown field "extra": "n" or "numbers" is taken)");
  REQUIRE(error_of("{}") == R"(params: "n" or "numbers" is needed)");
  const auto* const several = R"(params: one "n" or one "numbers" is taken, not several fields)";
  REQUIRE(error_of(R"({"n":1,"numbers":[]})") == several);
  REQUIRE(error_of(R"({"n":1,"n":2})") == several);
  REQUIRE(error_of(R"({"numbers":5})") == "numbers: an array of integers is needed");
  for (const auto* text : {"97", "[97]", "null", "", "\"97\""})
    REQUIRE(error_of(text) == R"(params: an object with "n" or "numbers" is needed)");
}

TEST_CASE("what is not JSON is refused, wherever it breaks off or goes on") {
  for (const auto* text : {"{",
                           R"({"n)",
                           R"({"n")",
                           R"({"n":)",
                           R"({"n":9)",
                           R"({"n":"9)",
                           R"({"n":"9\)",
                           R"({"n":9,)",
                           R"({"n":9,})",
                           R"({"n":9}})",
                           R"({"n":9} 1)",
                           R"({"n" 9})",
                           R"({n:9})",
                           R"({"n":09})",
                           R"({"n":-})",
                           R"({"n":+9})",
                           R"({"n":tru})",
                           R"({"n":"\x"})",
                           R"({"numbers":[)",
                           R"({"numbers":[1)",
                           R"({"numbers":[1,)",
                           R"({"numbers":[1,]})",
                           R"({"numbers":[1 2]})",
                           "{\"n\":\"9\n\"}"})
    REQUIRE_THAT(error_of(text), Catch::Matchers::StartsWith("params: not valid JSON at byte "));
}

TEST_CASE("whatever is accepted is JSON to a full parser and means the same") {
  std::mt19937 random(11);
  const std::string_view alphabet = "{}[]\":,n0179-+. \\u";
  const std::string_view start = R"({"n":"97"})";
  std::size_t accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text(i % 2 == 0 ? start : R"({"numbers":[1,"2",-3]})");
    for (auto edits = random() % 3; edits > 0; --edits)
      text[random() % text.size()] = alphabet[random() % alphabet.size()];
    const auto parsed = parse_params(text, 0);
    if (!std::holds_alternative<request>(parsed)) continue;
    ++accepted;
    CAPTURE(text);
    const auto json = nlohmann::json::parse(text, nullptr, false);
    REQUIRE(json.is_object());
    const auto& found = std::get<request>(parsed);
    if (found.list)
      REQUIRE(json.at("numbers").size() == found.numbers.size());
    else if (json.at("n").is_number())
      REQUIRE(json.at("n") ==
              std::stoll((found.n.negative ? "-" : "") + std::string(found.n.digits)));
  }
  REQUIRE(accepted > 1000);
}
