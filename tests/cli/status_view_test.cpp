#include "deploy/cli/status_view.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall::cli;
using Catch::Matchers::ContainsSubstring;
using json = nlohmann::ordered_json;

namespace {

json document(const std::string& gateway, int done) {
  return json{
      {"gateways",
       {{{"name", gateway}, {"id", gateway}, {"uptime_s", 61.5}, {"listen", "127.0.0.1:8888"}}}},
      {"workers",
       {{{"name", "w1"},
         {"id", "abc"},
         {"pid", 4711},
         {"draining", done == 2},
         {"pools",
          {{{"kind", "prime"}, {"slots", 2}, {"in_flight", 1}, {"done", done}, {"failed", 1}}}}}}},
      {"kinds",
       {{{"kind", "prime"}, {"slots", 2}, {"waiting", 3}, {"done", done}, {"failed", 1}}}}};
}

} // namespace

TEST_CASE("several gateways of one cluster are shown as one") {
  const auto merged = merge_clusters({document("g1", 1), document("g2", 2)});
  CHECK(merged["gateways"].size() == 2);
  REQUIRE(merged["workers"].size() == 1);
  CHECK(merged["workers"][0]["draining"] == true);
  CHECK(merged["workers"][0]["pools"][0]["done"] == 3);
  CHECK(merged["workers"][0]["pools"][0]["slots"] == 2);
  REQUIRE(merged["kinds"].size() == 1);
  CHECK(merged["kinds"][0]["slots"] == 2);
  CHECK(merged["kinds"][0]["waiting"] == 6);
  CHECK(merged["kinds"][0]["done"] == 3);
}

TEST_CASE("one gateway's document is passed on as it is") {
  const auto one = document("g1", 1);
  CHECK(merge_clusters({one}) == one);
}

TEST_CASE("the tables name gateways, kinds and workers") {
  const auto text = render_cluster(merge_clusters({document("g1", 1)}), false);
  for (const auto* part : {"g1", "1m 1s", "prime", "w1", "4711", "WAITING", "up"}) {
    CAPTURE(part);
    CHECK_THAT(text, ContainsSubstring(part));
  }
  CHECK_THAT(text, !ContainsSubstring("\x1b"));
}

TEST_CASE("a worker without pools for calls is shown too") {
  auto consumer = document("g1", 1);
  consumer["workers"][0]["pools"] = json::array();
  CHECK_THAT(render_cluster(merge_clusters({consumer}), false), ContainsSubstring("4711"));
}

TEST_CASE("documents with missing or strange members are shown as far as they go") {
  for (const auto* text : {"{}", R"({"gateways":{},"workers":7,"kinds":null})",
                           R"({"workers":[{}],"kinds":[{"kind":7,"done":-1}],"gateways":[{}]})"}) {
    CAPTURE(text);
    CHECK_NOTHROW(render_cluster(merge_clusters({json::parse(text), json::parse(text)}), true));
  }
}
