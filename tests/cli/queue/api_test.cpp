#include "deploy/cli/queue/api.hpp"

#include "deploy/cli/exit_code.hpp"
#include "tests/support/catch.hpp"

using namespace squall::cli;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a queue's path, and what is no queue's name") {
  CHECK(queue_path("jobs") == "/v1/queues/jobs");
  CHECK(queue_path("A-z_0.9", "/dead") == "/v1/queues/A-z_0.9/dead");
  CHECK_NOTHROW(queue_path(std::string(128, 'a')));
  for (const auto& name : {std::string(), std::string("a/b"), std::string("a b"),
                           std::string("\xc3\xa4"), std::string(129, 'a')}) {
    CAPTURE(name);
    CHECK_THROWS_AS(queue_path(name), misuse);
  }
}

TEST_CASE("a lease cannot leave its place in the path") {
  CHECK(ask_lease("ab-1_2.c", "ack").target == "/v1/leases/ab-1_2.c/ack");
  CHECK(ask_lease("../x?y", "nack").target == "/v1/leases/..%2Fx%3Fy/nack");
  CHECK_THROWS_AS(ask_lease("", "ack"), misuse);
}

TEST_CASE("items are asked for with a time, a count, and a lease's time if one is given") {
  CHECK(ask_items("q", seconds(30), 1, milliseconds(0)).target ==
        "/v1/queues/q/lease?timeout_ms=30000&max=1");
  CHECK(ask_items("q", seconds(0), 7, seconds(5)).target ==
        "/v1/queues/q/lease?timeout_ms=0&max=7&lease_ms=5000");
}

TEST_CASE("items are put as they are written") {
  const auto entry = item_entry("{\"n\": 123456789012345678901234567890}", {7, {}});
  CHECK(entry == R"({"priority":7,"body":{"n": 123456789012345678901234567890}})");
  const auto question = put_items("q", entry, milliseconds(250));
  CHECK(question.method == "POST");
  CHECK(question.target == "/v1/queues/q/items?timeout_ms=250");
  CHECK(question.body == "[" + entry + "]");
  CHECK(item_entry("1", {5, seconds(90)}) == R"({"priority":5,"delay_ms":90000,"body":1})");
}

TEST_CASE("a leased item is read, its body as it was put") {
  const std::string answer =
      R"({"items":[{"id":"7","lease":"x.1","body":[1.0, 20000000000000000000001],)"
      R"("priority":5,"attempt":2,"lease_ms":30000}]})";
  const auto items = items_of(answer);
  REQUIRE(items.size() == 1);
  CHECK(read_leased(items.front()) ==
        leased_item{"7", "x.1", "[1.0, 20000000000000000000001]", 2, seconds(30)});
}

TEST_CASE("what is no item is not taken for one") {
  for (const auto* text :
       {"{}", "7", R"({"id":7,"lease":"a","body":1,"lease_ms":1})",
        R"({"id":"7","body":1,"lease_ms":1})", R"({"id":"7","lease":"a","lease_ms":1})",
        R"({"id":"7","lease":"a","body":1})", R"({"id":"7","lease":"a","body":1,"lease_ms":-1})"}) {
    CAPTURE(text);
    CHECK_FALSE(read_leased(text));
  }
  CHECK(items_of("").empty());
  CHECK(items_of("{}").empty());
  CHECK(items_of("[1]").empty());
}
