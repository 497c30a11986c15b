#include "proto/call_traits.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using proto::is_repeatable;
using proto::is_safe;

namespace {

proto::kind_info a_fetch() {
  proto::kind_info kind;
  kind.name = "fetch";
  kind.spread_param = "requests";
  kind.repeatable_if = {"method", {"GET", "Put"}, true};
  kind.safe_if = {"method", {"GET"}, true};
  return kind;
}

} // namespace

TEST_CASE("an idempotent kind's calls are repeatable whatever their params, and not read") {
  proto::kind_info kind;
  CHECK_FALSE(is_repeatable(kind, "{}"));
  kind.idempotent = true;
  CHECK(is_repeatable(kind, "{}"));
  CHECK(is_repeatable(kind, "no JSON"));
}

TEST_CASE("a member of the params says that a call is repeatable, whatever its case") {
  const auto kind = a_fetch();
  CHECK(is_repeatable(kind, R"({"method":"GET"})"));
  CHECK(is_repeatable(kind, R"({"url":"x","method":"get"})"));
  CHECK(is_repeatable(kind, R"({"method":"PUT"})"));
  CHECK_FALSE(is_repeatable(kind, R"({"method":"POST"})"));
  CHECK_FALSE(is_repeatable(kind, R"({"method":"GE"})"));
  CHECK_FALSE(is_repeatable(kind, R"({"method":"GETS"})"));
  CHECK_FALSE(is_repeatable(kind, R"({"method":""})"));
}

TEST_CASE("the kind says what params without the member are") {
  auto kind = a_fetch();
  CHECK(is_repeatable(kind, R"({"url":"x"})"));
  CHECK(is_repeatable(kind, R"({"url":"x","Method":"POST"})"));
  kind.repeatable_if.when_absent = false;
  CHECK_FALSE(is_repeatable(kind, R"({"url":"x"})"));
}

TEST_CASE("a list is repeatable when each of its elements is") {
  const auto kind = a_fetch();
  CHECK(is_repeatable(kind, R"({"requests":[{"method":"GET"},{"url":"x"}]})"));
  CHECK(is_repeatable(kind, R"({"requests":[]})"));
  CHECK_FALSE(is_repeatable(kind, R"({"requests":[{"method":"GET"},{"method":"POST"}]})"));
  CHECK_FALSE(is_repeatable(kind, R"({"requests":[{"method":"GET"},"x"]})"));
  auto without_lists = kind;
  without_lists.spread_param.clear();
  CHECK(is_repeatable(without_lists, R"({"requests":[{"method":"POST"}]})"));
}

TEST_CASE("malformed params are not repeatable") {
  const auto params = GENERATE("", "no JSON", "[]", "null", R"({"method":"GET")", R"({"method":7})",
                               R"({"method":null})", R"({"requests":{}})", R"({"requests":null})",
                               "{\"method\":\"GET\",\"url\":\"\xFF\"}");
  CHECK_FALSE(is_repeatable(a_fetch(), params));
}

TEST_CASE("a call is safe when its kind is, or when its params say so") {
  auto kind = a_fetch();
  CHECK(is_safe(kind, R"({"url":"x"})"));
  CHECK(is_safe(kind, R"({"url":"x","method":"get"})"));
  CHECK_FALSE(is_safe(kind, R"({"url":"x","method":"PUT"})"));
  CHECK_FALSE(is_safe(kind, R"({"url":"x","method":["GET"]})"));
  kind.safe = true;
  CHECK(is_safe(kind, R"({"url":"x","method":"PUT"})"));
}
