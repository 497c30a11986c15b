#include "deploy/cli/call_params.hpp"

#include "tests/support/catch.hpp"

using namespace squall::cli;

TEST_CASE("a bare value stands for the first required parameter") {
  CHECK(bare_param_of(R"({"required":["ms"],"properties":{"ms":{"type":"integer"}}})") ==
        bare_param{"ms", false});
  CHECK(bare_param_of(R"({"required":["a","b"],"properties":{"a":{"type":"string"}}})") ==
        bare_param{"a", true});
}

TEST_CASE("the first branch of alternatives counts") {
  CHECK(bare_param_of(R"({"oneOf":[{"required":["n"]},{"required":["numbers"]}],
                          "properties":{"n":{"type":["integer","string"]}}})") ==
        bare_param{"n", true});
  CHECK(bare_param_of(R"({"required":["n"],
                          "properties":{"n":{"anyOf":[{"type":"integer"},{"type":"string"}]}}})") ==
        bare_param{"n", true});
}

TEST_CASE("a branch may refer to another part of the schema") {
  CHECK(bare_param_of(R"({"oneOf":[{"$ref":"#/$defs/one"},{"required":["many"]}],
                          "$defs":{"one":{"required":["url"]}}})") == bare_param{"url", true});
  CHECK_FALSE(bare_param_of(R"({"oneOf":[{"$ref":"#"},{"$ref":"#/no"},{"$ref":"elsewhere"},
                                         {"$ref":7},{"$ref":"#/~"}]})"));
  CHECK_FALSE(bare_param_of(R"({"oneOf":[{"$ref":"#/$defs/a"}],
                                "$defs":{"a":{"oneOf":[{"$ref":"#/$defs/a"}]}}})"));
}

TEST_CASE("without a required parameter the only property is meant, and otherwise none") {
  CHECK(bare_param_of(R"({"properties":{"url":{}}})") == bare_param{"url", true});
  CHECK_FALSE(bare_param_of(R"({"properties":{"a":{},"b":{}}})"));
  CHECK_FALSE(bare_param_of("{}"));
  CHECK_FALSE(bare_param_of("null"));
  CHECK_FALSE(bare_param_of("no json"));
  CHECK_FALSE(bare_param_of(R"({"required":[],"properties":[]})"));
}

TEST_CASE("params are an object as it was written, or made of a bare value") {
  const bare_param text{"n", true};
  const bare_param number{"ms", false};
  CHECK(params_of(R"({"n": 12345678901234567890123})", text) ==
        R"({"n": 12345678901234567890123})");
  CHECK(params_of("97", text) == R"({"n":"97"})");
  CHECK(params_of("a\"b", text) == R"({"n":"a\"b"})");
  CHECK(params_of("50", number) == R"({"ms":50})");
  CHECK_FALSE(params_of("soon", number));
  CHECK_FALSE(params_of("{\"n\":", text));
  CHECK_FALSE(params_of("97", bare_param{}));
}
