#include "deploy/supervisor/plan.hpp"
#include "deploy/supervisor/plan_json.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

using namespace squall;
using supervisor::processes_of;
using supervisor::role;

namespace {

manifest::manifest two_gateways() {
  manifest::manifest of;
  of.name = "shop";
  manifest::gateway_group gateways;
  gateways.name = "gateway";
  gateways.replicas = 2;
  gateways.cluster = proto::endpoint{"0.0.0.0", 7411};
  gateways.store = "memory:";
  manifest::worker_group workers;
  workers.name = "compute";
  workers.replicas = 2;
  workers.join = {"gateway", "far.example:7411"};
  workers.pools = {{"prime", "4"}};
  workers.environment = {{"TZ", "UTC"}};
  of.gateways = {gateways};
  of.workers = {workers};
  of.queues = {{"numbers", R"({"maxsize": 10})"}};
  return of;
}

} // namespace

TEST_CASE("a plan has a process for each replica, gateways first") {
  const auto all = processes_of(supervisor::make_plan(two_gateways(), "/run/declared.json"));
  REQUIRE(all.size() == 4);
  CHECK(all[0].name == "gateway-1");
  CHECK(all[1].name == "gateway-2");
  CHECK(all[2].name == "compute-1");
  CHECK(all[3].part == role::worker);
  CHECK(all[3].flags.at("name") == std::vector<std::string>{"compute-2"});
  CHECK(all[3].environment.at("TZ") == "UTC");
}

TEST_CASE("gateways of a group share the clients' address, and each has a port for workers") {
  const auto all = processes_of(supervisor::make_plan(two_gateways(), "/run/declared.json"));
  CHECK(all[0].listen == "127.0.0.1:8888");
  CHECK(all[1].listen == all[0].listen);
  CHECK(all[0].flags.at("cluster") == std::vector<std::string>{"0.0.0.0:7411"});
  CHECK(all[1].flags.at("cluster") == std::vector<std::string>{"0.0.0.0:7412"});
  CHECK(all[0].flags.at("declare") == std::vector<std::string>{"/run/declared.json"});
}

TEST_CASE("workers join every replica where they reach it, and what is no group of the manifest") {
  const auto all = processes_of(supervisor::make_plan(two_gateways(), ""));
  const std::vector<std::string> places{"127.0.0.1:7411", "127.0.0.1:7412", "far.example:7411"};
  CHECK(all[2].flags.at("join") == places);
}

TEST_CASE("workers run beside their successors, gateways only with neither a port nor a file of "
          "their own") {
  auto of = two_gateways();
  const auto overlap = [&of] {
    return processes_of(supervisor::make_plan(of, "")).front().overlaps;
  };
  CHECK(processes_of(supervisor::make_plan(of, ""))[2].overlaps);
  CHECK_FALSE(overlap());
  of.gateways[0].store = "postgres://db.example/squall";
  CHECK_FALSE(overlap());
  of.gateways[0].cluster.reset();
  CHECK(overlap());
}

TEST_CASE("a group is scaled by its name") {
  const auto plan = supervisor::make_plan(two_gateways(), "");
  CHECK(processes_of(supervisor::scaled(plan, "compute", 5)).size() == 7);
  CHECK(processes_of(supervisor::scaled(plan, "compute", 0)).size() == 2);
  CHECK_THROWS_WITH(supervisor::scaled(plan, "comptue", 5),
                    Catch::Matchers::ContainsSubstring("gateway, compute"));
  CHECK_THROWS_AS(supervisor::scaled(plan, "gateway", 0), std::invalid_argument);
  CHECK_THROWS_AS(supervisor::scaled(plan, "compute", 1'000'000), std::invalid_argument);
}

TEST_CASE("what is declared is a file that a gateway reads") {
  const auto plan = supervisor::make_plan(two_gateways(), "");
  const auto declared = nlohmann::json::parse(plan.declared);
  CHECK(declared["queues"][0]["name"] == "numbers");
  CHECK(declared["queues"][0]["maxsize"] == 10);
  CHECK(declared["schedules"].empty());
}

TEST_CASE("a plan is the same behind its JSON") {
  auto plan = supervisor::make_plan(two_gateways(), "/run/declared.json");
  plan.max_log_bytes = 1'000'000;
  plan.groups.front().contents = {{"tokens", "00ff"}};
  const auto again = nlohmann::json(plan).get<supervisor::plan>();
  CHECK(again.name == plan.name);
  CHECK(again.declared == plan.declared);
  CHECK(again.max_log_bytes == plan.max_log_bytes);
  CHECK(processes_of(again) == processes_of(plan));
  const auto spec = processes_of(plan).front();
  CHECK(nlohmann::json(spec).get<supervisor::process_spec>() == spec);
}

TEST_CASE("processes know how large their logs may become when the manifest says it") {
  auto of = two_gateways();
  const auto bytes = [&of] {
    const auto all = processes_of(supervisor::make_plan(of, ""));
    const auto at = all.back().environment.find(supervisor::log_size_variable);
    return at == all.back().environment.end() ? "" : at->second;
  };
  CHECK(bytes().empty());
  of.max_log_bytes = 1'000'000;
  CHECK(bytes() == "1000000");
}

TEST_CASE("groups whose resources nobody enforces are known") {
  auto of = two_gateways();
  CHECK(supervisor::make_plan(of, "").unlimited.empty());
  of.workers.front().limits.cpus = 1.5;
  CHECK(supervisor::make_plan(of, "").unlimited == std::vector<std::string>{"compute"});
}
