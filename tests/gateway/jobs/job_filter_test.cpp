#include "gateway/jobs/job_filter.hpp"

#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::gateway;
using proto::item_state;

namespace {

constexpr std::uint32_t bit(item_state state) {
  return 1U << static_cast<unsigned>(state);
}

std::string complaint_about(std::string_view members) {
  proto::job_filter filter;
  return read_filter_members(filter, members).value_or("");
}

std::string complaint_about(std::string_view name, std::string_view text) {
  proto::job_filter filter;
  return read_filter(filter, name, text).value_or("");
}

} // namespace

TEST_CASE("a filter is read from the texts of a query string") {
  proto::job_filter filter;
  CHECK_FALSE(read_filter(filter, "queue", "mail"));
  CHECK_FALSE(read_filter(filter, "kind", "prime"));
  CHECK_FALSE(read_filter(filter, "limit", "1000"));
  CHECK_FALSE(read_filter(filter, "cursor", "18446744073709551615"));
  CHECK(filter.queue == "mail");
  CHECK(filter.kind == "prime");
  CHECK(filter.most == 1'000);
  CHECK(filter.below == 18'446'744'073'709'551'615U);
  CHECK(filter.states == 0);
}

TEST_CASE("states add up, whether they are given one by one or with commas") {
  proto::job_filter filter;
  CHECK_FALSE(read_filter(filter, "state", "scheduled,ready"));
  CHECK_FALSE(read_filter(filter, "state", "done"));
  CHECK(filter.states ==
        (bit(item_state::delayed) | bit(item_state::ready) | bit(item_state::done)));
}

TEST_CASE("a filter is read from a JSON object, whose states may be an array") {
  proto::job_filter filter;
  CHECK_FALSE(read_filter_members(
      filter, R"({"queue":"q","kind":"k","state":["dead","cancelled"],"limit":7,"cursor":"9"})"));
  CHECK(filter.queue == "q");
  CHECK(filter.kind == "k");
  CHECK(filter.states == (bit(item_state::dead) | bit(item_state::cancelled)));
  CHECK(filter.most == 7);
  CHECK(filter.below == 9);
  proto::job_filter other;
  CHECK_FALSE(read_filter_members(other, R"({"state":"leased,dead"})"));
  CHECK(other.states == (bit(item_state::leased) | bit(item_state::dead)));
  CHECK_FALSE(read_filter_members(other, "{}"));
}

TEST_CASE("a wrong part of a filter is named") {
  CHECK(complaint_about("state", "delayed") ==
        "state: scheduled, ready, leased, done, dead or cancelled is needed");
  CHECK(complaint_about("state", "").starts_with("state: "));
  CHECK(complaint_about("state", "ready,").starts_with("state: "));
  CHECK(complaint_about("limit", "0") == "limit: an integer from 1 to 1000 is needed");
  CHECK(complaint_about("limit", "1001").starts_with("limit: "));
  CHECK(complaint_about("cursor", "x") == "cursor: the cursor of a list is needed");
  CHECK(complaint_about("cursor", "0").starts_with("cursor: "));
  CHECK(complaint_about("queue", "a/b").starts_with("queue: "));
  CHECK(complaint_about("kind", "").starts_with("kind: "));
  CHECK(complaint_about("order", "x").starts_with(R"(unknown field "order": "queue", )"));
  CHECK(complaint_about("[]") == "an object is needed");
  CHECK(complaint_about(R"({"limit":"5"})").starts_with("limit: "));
  CHECK(complaint_about(R"({"kind":5})") == "kind: a string is needed");
  CHECK(complaint_about(R"({"state":[5]})") == "state: a string is needed");
  CHECK(complaint_about(R"({"cursor":5})") == "cursor: a string is needed");
}
