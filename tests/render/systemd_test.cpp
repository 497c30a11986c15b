#include "deploy/render/render.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <stdexcept>

using namespace squall;
using namespace squall::render;
using Catch::Matchers::ContainsSubstring;

namespace {

manifest::manifest sample() {
  manifest::manifest of;
  of.name = "demo";
  manifest::gateway_group gateway;
  gateway.name = "front";
  gateway.replicas = 2;
  gateway.listen = {"0.0.0.0", 8443};
  gateway.cluster = proto::endpoint{"0.0.0.0", 7411};
  gateway.store = "postgres://squall@db/squall";
  gateway.environment = {{"PGPASSWORD", "hunter2"}, {"NOTE", "50% \"off\""}};
  gateway.from_variables = {"PGPASSWORD"};
  of.gateways.push_back(gateway);
  manifest::worker_group worker;
  worker.name = "compute";
  worker.replicas = 3;
  worker.join = {"front", "far.example:7411"};
  worker.pools = {{"prime", "auto"}};
  worker.limits = {1.5, 1ULL << 30};
  worker.drain_timeout = std::chrono::milliseconds(90'500);
  of.workers.push_back(worker);
  of.queues.push_back({"numbers", R"({"maxsize":10})"});
  return of;
}

std::string file(const manifest::manifest& of, const std::string& path) {
  const auto files = render_systemd(of);
  const auto found = std::ranges::find(files, path, [](auto& each) { return each.path.string(); });
  return found == files.end() ? "there is no " + path : found->text;
}

} // namespace

TEST_CASE("the client port is a socket unit's, whose sockets every gateway takes") {
  const auto socket = file(sample(), "system/demo-front.socket");
  CHECK_THAT(socket, ContainsSubstring("ListenStream=0.0.0.0:8443\n"));
  CHECK_THAT(socket, ContainsSubstring("Service=demo-front@1.service\n"));
  CHECK_THAT(file(sample(), "system/demo-front@.service"),
             ContainsSubstring("Sockets=demo-front.socket\n"));
}

TEST_CASE("services notify, are watched and have the time that a drain takes") {
  const auto service = file(sample(), "system/demo-compute@.service");
  for (const auto* line : {"Type=notify\n", "WatchdogSec=30s\n", "TimeoutStopSec=101s\n",
                           "CPUQuota=150%\n", "MemoryMax=1073741824\n", "NoNewPrivileges=true\n",
                           "--config /etc/demo/compute.toml --name compute-%i\n"})
    CHECK_THAT(service, ContainsSubstring(line));
}

TEST_CASE("workers stop before the gateways of their host") {
  const auto service = file(sample(), "system/demo-compute@.service");
  CHECK_THAT(service, ContainsSubstring("After=demo-front@1.service\n"));
  CHECK_THAT(service, ContainsSubstring("After=demo-front@2.service\n"));
}

TEST_CASE("the target wants every instance") {
  const auto target = file(sample(), "system/demo.target");
  for (const auto* unit : {"demo-front.socket", "demo-front@1.service", "demo-front@2.service",
                           "demo-compute@3.service"})
    CHECK_THAT(target, ContainsSubstring("Wants=" + std::string(unit) + "\n"));
  CHECK_THAT(target, !ContainsSubstring("demo-compute@4"));
}

TEST_CASE("each gateway has its cluster port, and workers join all of them") {
  CHECK_THAT(file(sample(), "etc/demo/front-2.toml"),
             ContainsSubstring("cluster = '0.0.0.0:7412'"));
  CHECK_THAT(file(sample(), "etc/demo/front-2.toml"),
             ContainsSubstring("declare = '/etc/demo/declared.json'"));
  CHECK_THAT(file(sample(), "etc/demo/compute.toml"),
             ContainsSubstring("join = ['127.0.0.1:7411', '127.0.0.1:7412', 'far.example:7411']"));
}

TEST_CASE("secrets are in no unit, and what is in one means itself") {
  for (const auto& each : render_systemd(sample()))
    CHECK_THAT(each.text, !ContainsSubstring("hunter2"));
  const auto service = file(sample(), "system/demo-front@.service");
  CHECK_THAT(service, ContainsSubstring("EnvironmentFile=/etc/demo/front.env\n"));
  CHECK_THAT(service, ContainsSubstring(R"(Environment="NOTE=50%% \"off\"")"));
}

TEST_CASE("what no unit can say is refused") {
  auto of = sample();
  of.gateways.front().listen.port = 0;
  CHECK_THROWS_AS(render_systemd(of), std::invalid_argument);
  of = sample();
  of.gateways.front().store = "postgres://squall:hunter2@db/squall";
  CHECK_THROWS_WITH(render_systemd(of),
                    ContainsSubstring("PGPASSWORD") && !ContainsSubstring("hunter2"));
}
