#include "gateway/http/cluster_json.hpp"

#include "tests/gateway/http/status_sample.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using json = nlohmann::json;

TEST_CASE("the cluster's document shows gateways, workers, pools and kinds") {
  gateway::counters counts;
  counts.http_connections = 2;
  counts.websocket_connections = 3;
  const gateway::http::gateway_identity identity{
      .name = "g1", .id = "abc", .listen = "127.0.0.1:8888", .cluster = "127.0.0.1:7411"};
  const auto document =
      json::parse(gateway::http::cluster_json(tests::sample_status(), identity, counts));

  const auto& gateway = document.at("gateways").at(0);
  CHECK(gateway["name"] == "g1");
  CHECK(gateway["id"] == "abc");
  CHECK(gateway["version"] == identity.version);
  CHECK(gateway["uptime_s"].get<double>() >= 0);
  CHECK(gateway["listen"] == "127.0.0.1:8888");
  CHECK(gateway["cluster"] == "127.0.0.1:7411");
  CHECK(gateway["draining"] == false);
  CHECK(gateway["connections"] == json{{"http", 2}, {"websocket", 3}});
  CHECK(document["workers"] == json::parse(R"([{"name":"w1","id":"def","host":"box","pid":7,
      "version":"0.1.0","local":false,"draining":true,"joined_s":1.5,"pools":[
        {"kind":"prime","slots":2,"window":8,"in_flight":1,"done":5,"failed":1}]}])"));
  CHECK(document["kinds"] == json::parse(R"([{"kind":"prime","slots":2,"in_flight":1,"waiting":4,
      "done":5,"failed":3,"redone":1}])"));
}

TEST_CASE("an empty cluster is shown with empty lists") {
  const auto document = json::parse(gateway::http::cluster_json({}, {}, {}));
  CHECK(document["workers"] == json::array());
  CHECK(document["kinds"] == json::array());
  CHECK(document["gateways"].size() == 1);
}
