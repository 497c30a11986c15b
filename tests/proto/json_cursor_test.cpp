#include "proto/json_cursor.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <vector>

using squall::proto::json_cursor;

namespace {

bool is_json(std::string_view text) {
  json_cursor cursor{text};
  std::string_view token;
  return cursor.value(token) && cursor.at_end();
}

} // namespace

TEST_CASE("a valid JSON text is taken whole") {
  for (const std::string text :
       {"0", "-0", "1.5e+10", "\"\"", R"("a\"\\\/\b\f\n\r\tA")", "true", "false", "null", "[]",
        "{}", "[[],{},[{}]]", R"({"a":[1,2,{"b":null}],"c":{}})", " [ 1 , 2 ] ", "\"\xc3\xa9\""}) {
    INFO(text);
    CHECK(is_json(text));
  }
}

TEST_CASE("what is not JSON is refused") {
  for (const std::string text :
       {"",         " ",    "01",        "+1",      "-",        "1.",      ".5",
        "1e",       "tru",  "truee",     "nul",     "\"a",      "\"\\x\"", "\"\\u12g4\"",
        "\"a\nb\"", "[1,]", "[,1]",      "{\"a\"}", "{\"a\":}", "{a:1}",   "{\"a\":1,}",
        "[1 2]",    "[1}",  "{\"a\":1]", "]",       "}",        "[",       "{",
        "1 2",      "[1]]", "'a'",       "\"\\"}) {
    INFO(text);
    CHECK_FALSE(is_json(text));
  }
  CHECK_FALSE(is_json(std::string_view("1\0", 2)));
}

TEST_CASE("nesting is bounded") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(is_json(nested(json_cursor::max_depth)));
  const auto deeper = nested(json_cursor::max_depth + 1);
  json_cursor cursor{deeper};
  std::string_view token;
  CHECK_FALSE(cursor.value(token));
  CHECK(cursor.too_deep());
}

TEST_CASE("members and elements are given as they are written") {
  std::vector<std::string> seen;
  json_cursor object{R"( {"a" : 1.50 , "b":[ 2 ],"c":"\u0041"} )"};
  CHECK(object.members([&seen](std::string_view key, std::string_view value) {
    seen.emplace_back(key).append("=").append(value);
    return true;
  }));
  CHECK(object.at_end());
  CHECK(seen == std::vector<std::string>{R"("a"=1.50)", R"("b"=[ 2 ])", R"("c"="\u0041")"});
}

TEST_CASE("the cursor agrees with a JSON library about random texts") {
  std::mt19937 random{7};
  const std::string alphabet = R"({}[]",:0123.eE+-truefalsn\u /)";
  const std::string seed = R"({"a":[1,-2.5e3,"x\n"],"b":{"c":true,"d":null},"e":false})";
  for (auto round = 0; round < 50'000; ++round) {
    auto text = seed;
    for (auto changes = random() % 4; changes > 0; --changes) {
      const auto at = random() % text.size();
      const auto c = alphabet[random() % alphabet.size()];
      if (random() % 2 == 0)
        text[at] = c;
      else
        text.erase(at, 1 + random() % 3);
      if (text.empty()) text = "0";
    }
    if (is_json(text) != nlohmann::json::accept(text)) {
      INFO(text);
      CHECK(is_json(text) == nlohmann::json::accept(text));
    }
  }
}
