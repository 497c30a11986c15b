#include "deploy/manifest/read.hpp"

#include "tests/support/catch.hpp"

#include <map>

using namespace squall::manifest;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

manifest read_text(std::string_view text, const std::map<std::string, std::string>& set = {}) {
  return read(text, "/srv/squall/m.yaml", [&set](const std::string& name) {
    const auto found = set.find(name);
    return found == set.end() ? std::nullopt : std::optional<std::string>(found->second);
  });
}

constexpr const char* whole = R"(apiVersion: squall/v1
name: demo
logging: {level: debug, max_size: 1MiB}
cluster: {tls: tls}
gateways:
  - name: front
    replicas: 2
    listen: 0.0.0.0:8443
    cluster: 0.0.0.0:7411
    store: postgres://squall@db/squall
    tls: {cert: c.pem, key: /k.pem}
    tokens: tokens
    pools: {prime: 4, sleep: auto}
    consume: {numbers: "prime:2"}
    job_queues: [mail]
    io_threads: 2
    require: [prime]
    origins: ["https://a.example"]
    drain_timeout: 10s
    limits: {max_waiting: 50_000, max_body_bytes: 4MiB, header_timeout: 5s, deflate: false}
    environment: {PGPASSWORD: "${SECRET}", TZ: UTC}
workers:
  - name: compute
    min: 2
    max: 8
    target_waiting: 50ms
    down_after: 2m
    pools: {prime: auto}
    resources: {cpus: 1.5, memory: 512MiB}
    fetch: {allow: [10.0.0.0/8], per_host: 4}
  - name: far
    replicas: 3
    join: [front, b.example:7411]
    consume: {numbers: prime}
queues:
  - {name: numbers, order: priority, maxsize: 10}
schedules:
  - {name: beat, every_ms: 1000, kind: prime, params: {n: "97"}}
)";

} // namespace

TEST_CASE("a manifest is read into what its gateways are") {
  const auto read = read_text(whole, {{"SECRET", "s3cret"}});
  CHECK(read.name == "demo");
  CHECK(read.log_level == "debug");
  CHECK(read.max_log_bytes == 1'048'576);
  CHECK(read.cluster.tls == "/srv/squall/tls");
  REQUIRE(read.gateways.size() == 1);
  const auto& front = read.gateways.front();
  CHECK(front.replicas == 2);
  CHECK(front.listen == squall::proto::endpoint{"0.0.0.0", 8443});
  CHECK(front.tls_certificate == "/srv/squall/c.pem");
  CHECK(front.tls_key == "/k.pem");
  CHECK(front.pools.at("sleep") == "auto");
  CHECK(front.consume.at("numbers") == "prime:2");
  CHECK(front.job_queues == std::vector<std::string>{"mail"});
  CHECK(front.drain_timeout == 10s);
  CHECK(front.flags.at("max-waiting").front() == "50000");
  CHECK(front.flags.at("header-timeout").front() == "5s");
  CHECK(front.flags.at("deflate").front() == "false");
  CHECK(front.environment.at("PGPASSWORD") == "s3cret");
  CHECK(front.from_variables == std::vector<std::string>{"PGPASSWORD"});
}

TEST_CASE("a manifest is read into what its workers, queues and schedules are") {
  const auto read = read_text(whole, {{"SECRET", ""}});
  REQUIRE(read.workers.size() == 2);
  const auto& compute = read.workers[0];
  CHECK(compute.replicas == 2);
  CHECK(compute.scale == scaling{2, 8, 50ms, 2min});
  CHECK(compute.join == std::vector<std::string>{"front"});
  CHECK(compute.limits == resources{1.5, 512ULL << 20});
  CHECK(compute.flags.at("fetch-allow").front() == "10.0.0.0/8");
  CHECK(read.workers[1].join == std::vector<std::string>{"front", "b.example:7411"});
  CHECK(read.queues == std::vector<declared>{{"numbers", R"({"order":"priority","maxsize":10})"}});
  CHECK(read.schedules.front().options ==
        R"({"every_ms":1000,"kind":"prime","params":{"n":"97"}})");
}

TEST_CASE("what a manifest leaves out has its default") {
  const auto read = read_text("apiVersion: squall/v1\nname: a\ngateways: [{name: g}]\n"
                              "workers: [{name: w, pools: {prime: 1}}]\n");
  CHECK(read.log_level == "info");
  CHECK(read.max_log_bytes == 0);
  CHECK(read.gateways.front().listen.port == 8888);
  CHECK(read.gateways.front().cluster->port == 7411);
  CHECK(read.workers.front().join == std::vector<std::string>{"g"});
}

TEST_CASE("members that begin with x- hold what aliases stand for") {
  const auto read = read_text("apiVersion: squall/v1\nname: a\nx-pools: &p {prime: 2}\n"
                              "gateways: [{name: g, pools: *p}]\n");
  CHECK(read.gateways.front().pools.at("prime") == "2");
}

TEST_CASE("a file that is not there is a mistake as any other") {
  CHECK_THROWS_WITH(read_file("/nowhere/m.yaml"), "/nowhere/m.yaml:1:1: there is no such file");
  CHECK_THROWS_WITH(read_file("/"), ContainsSubstring("this is a folder"));
}
