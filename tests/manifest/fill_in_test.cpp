#include "deploy/manifest/fill_in.hpp"

#include "tests/support/catch.hpp"

using squall::manifest::fill_in;
using squall::manifest::filled;

namespace {

std::optional<std::string> look_up(const std::string& name) {
  if (name == "A") return "one";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

std::string put_in(std::string_view text) {
  const auto value = fill_in(text, look_up);
  const auto* good = std::get_if<filled>(&value);
  return good != nullptr ? good->text : "wrong: " + std::get<std::string>(value);
}

} // namespace

TEST_CASE("variables are put in wherever they stand") {
  CHECK(put_in("${A}") == "one");
  CHECK(put_in("a ${A} b${A}") == "a one bone");
  CHECK(put_in("[${EMPTY}]") == "[]");
  CHECK(put_in("${A:-two}") == "one");
  CHECK(put_in("${EMPTY:-two}") == "two");
  CHECK(put_in("${B:-}") == "");
  CHECK(put_in("${B:-a:-b}") == "a:-b");
}

TEST_CASE("a dollar that begins no variable stays") {
  CHECK(put_in("$A $ 5$") == "$A $ 5$");
  CHECK(put_in("$${A}") == "${A}");
  CHECK(put_in("$$") == "$$");
}

TEST_CASE("what cannot be put in is told") {
  CHECK(put_in("${B}") == "wrong: the variable B is not set; set it, or write ${B:-DEFAULT}");
  CHECK(put_in("${A") == "wrong: '${' without its '}'; write $${ for ${ itself");
  CHECK(put_in("${}").starts_with("wrong: '${}' names no variable"));
  CHECK(put_in("${1}").starts_with("wrong: '${1}' names no variable"));
}

TEST_CASE("it is known whether a text has a variable") {
  CHECK(std::get<filled>(fill_in("${A}", look_up)).has_variable);
  CHECK(std::get<filled>(fill_in("${B:-x}", look_up)).has_variable);
  CHECK_FALSE(std::get<filled>(fill_in("$${A}", look_up)).has_variable);
}
