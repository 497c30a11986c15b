#include "deploy/cli/problem.hpp"

#include "tests/support/catch.hpp"

using squall::cli::describe_problem;

TEST_CASE("a problem is its code and its detail, or its title") {
  CHECK(describe_problem(
            {422, R"({"code":"invalid_params","title":"T","detail":"n: is missing"})"}) ==
        "invalid_params: n: is missing");
  CHECK(describe_problem({404, R"({"code":"not_found","title":"There is no such thing"})"}) ==
        "not_found: There is no such thing");
}

TEST_CASE("a problem with a handler's reason says it") {
  CHECK(describe_problem(
            {500,
             R"({"code":"task_failed","detail":"127.0.0.1 is not public","reason":"blocked"})"}) ==
        "task_failed (blocked): 127.0.0.1 is not public");
  CHECK(describe_problem({500, R"({"code":"task_failed","detail":"it broke","reason":7})"}) ==
        "task_failed: it broke");
}

TEST_CASE("an answer that is no problem document is internal, with its status") {
  for (const auto* body : {"", "<html>", "[]", "{}"})
    CHECK(describe_problem({502, body}) == "internal: the gateway answered with HTTP status 502");
}
