#include "deploy/cli/raw_json.hpp"

#include "tests/support/catch.hpp"

using squall::cli::indented;
using squall::cli::json_string;
using squall::cli::raw_elements;
using squall::cli::raw_member;

TEST_CASE("a member's value is given as it stands") {
  const std::string text =
      R"( { "id" : 7 , "deep":{"id":[1,{"id":2}]}, "s":"a\"}b", "big":123456789012345678901234567890})";
  CHECK(raw_member(text, "id") == "7");
  CHECK(raw_member(text, "deep") == R"({"id":[1,{"id":2}]})");
  CHECK(raw_member(text, "s") == R"("a\"}b")");
  CHECK(raw_member(text, "big") == "123456789012345678901234567890");
  CHECK_FALSE(raw_member(text, "none"));
}

TEST_CASE("what is no object has no members") {
  for (const auto* text : {"", "{}", "[1]", "7", "null", "\"id\""}) {
    CAPTURE(text);
    CHECK_FALSE(raw_member(text, "id"));
  }
}

TEST_CASE("text becomes a JSON string whatever is in it") {
  CHECK(json_string("97") == "\"97\"");
  CHECK(json_string("a\"b\\") == R"("a\"b\\")");
  CHECK(json_string("\xff") == "\"\xef\xbf\xbd\"");
}

TEST_CASE("elements of an array keep their text") {
  using texts = std::vector<std::string_view>;
  CHECK(
      raw_elements(" [ 1.0 , \"a,]\\\"b\" ,{\"x\":[1,2]},[ ] ,123456789012345678901234567890 ] ") ==
      texts{"1.0", R"("a,]\"b")", R"({"x":[1,2]})", "[ ]", "123456789012345678901234567890"});
  CHECK(raw_elements("[]").empty());
  CHECK(raw_elements("{}").empty());
  CHECK(raw_elements("").empty());
}

TEST_CASE("indented JSON keeps every value's text") {
  CHECK(indented(R"({"a":[1.0, {"b" :"x,\"{[:"},[],{ }],"n":123456789012345678901234567890})") ==
        R"({
  "a": [
    1.0,
    {
      "b": "x,\"{[:"
    },
    [],
    {}
  ],
  "n": 123456789012345678901234567890
})");
  for (const auto* text : {"7", "null", "{}", "[]", R"("a b")"}) {
    CAPTURE(text);
    CHECK(indented(text) == text);
  }
}
