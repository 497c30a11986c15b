#include "deploy/cli/queue/view.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall::cli;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;

namespace {

json stats() {
  return {{"name", "jobs"},      {"order", "priority"}, {"maxsize", 0},      {"max_attempts", 5},
          {"lease_ms", 30'000},  {"backoff_ms", 500},   {"ready", 12'345},   {"dead", 2},
          {"oldest_ms", 61'000}, {"total_put", 20'000}, {"put_rate", 10.25}, {"joiners", 3},
          {"paused", true},      {"max_running", 4},    {"rate", "7/m"}};
}

} // namespace

TEST_CASE("the table names queues and their figures") {
  const auto text = render_queues({{"queues", {stats()}}}, false);
  for (const auto* part :
       {"jobs", "priority", "unbounded", "PAUSED", "yes", "12,345", "10.2", "1m 1s", "ACK/S"}) {
    CAPTURE(part);
    CHECK_THAT(text, ContainsSubstring(part));
  }
  CHECK_THAT(render_queues({{"queues", {json{{"name", "jobs"}}}}}, false),
             ContainsSubstring("no") && !ContainsSubstring("yes"));
  CHECK(render_queues({{"queues", json::array()}}, false) == "No queues.\n");
}

TEST_CASE("a queue's books are all shown") {
  const auto text = render_queue(stats());
  for (const auto* part : {"jobs", "30s", "500ms to 0s", "total put", "20,000", "joiners",
                           "max running", "7/m", "paused", "cancelled"}) {
    CAPTURE(part);
    CHECK_THAT(text, ContainsSubstring(part));
  }
}

TEST_CASE("a queue without limits says so") {
  const auto text = render_queue({{"max_running", 0}, {"rate", ""}});
  CHECK_THAT(text, ContainsSubstring("unlimited") && !ContainsSubstring("7/m"));
}

TEST_CASE("dead items show their last error and the begin of their body") {
  const json attempts = {{{"attempt", 1}, {"at", "2026-01-01T00:00:00Z"}, {"error", "first"}},
                         {{"attempt", 2}, {"at", "2026-01-01T00:00:09Z"}, {"error", "last\nline"}}};
  const json item = {{"id", "9"}, {"body", std::string(100, 'b')}, {"attempts", attempts}};
  const auto text = render_dead({{"items", {item}}}, false);
  CHECK_THAT(text, ContainsSubstring("2026-01-01T00:00:09Z") && ContainsSubstring("last?line") &&
                       ContainsSubstring("bbb...") && !ContainsSubstring("first"));
  CHECK(render_dead(json::object(), false) == "No dead items.\n");
}

TEST_CASE("documents with missing or strange members are shown as far as they can be") {
  for (const auto* text : {"{}", "[]", "7", R"({"queues":[{},7],"items":[{},7,{"attempts":[7]}]})",
                           R"({"queues":[{"name":7,"ready":-1}],"items":{}})"}) {
    CAPTURE(text);
    CHECK_NOTHROW(render_queues(json::parse(text), true));
    CHECK_NOTHROW(render_queue(json::parse(text)));
    CHECK_NOTHROW(render_dead(json::parse(text), true));
  }
}
