#include "tests/render/container_sample.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::render;

namespace {

using words = std::vector<std::string>;

struct composed {
  std::vector<rendered_file> files;
  YAML::Node file;

  explicit composed(std::string_view sample)
      : files(render_compose(read_sample(sample))),
        file(YAML::Load(text_of(files, "compose.yaml"))) {}

  YAML::Node service(const std::string& name) const { return file["services"][name]; }
};

std::string mounted(const YAML::Node& list, const std::string& target) {
  for (const auto& entry : list)
    if (entry["target"].as<std::string>() == target) return entry["source"].as<std::string>();
  return "";
}

} // namespace

TEST_CASE("Compose has a service for each group, and the files that they mount") {
  const composed out(whole_sample);
  CHECK(out.file["name"].as<std::string>() == "shop");
  CHECK(out.file["services"].size() == 4);
  for (const auto& config : out.file["configs"])
    CHECK_NOTHROW(text_of(out.files, config.second["file"].as<std::string>().substr(2)));
  for (const auto& each : out.file["services"]) {
    const auto name = each.first.as<std::string>();
    CHECK(mounted(each.second["configs"], "/etc/squall/" + name + ".toml") == name);
    CHECK(words_of(each.second["command"]).back() == "/etc/squall/" + name + ".toml");
    CHECK_FALSE(each.second["container_name"].IsDefined());
  }
}

TEST_CASE("containers have no rights, and time to drain") {
  const composed out(whole_sample);
  for (const auto& each : out.file["services"]) {
    const auto& service = each.second;
    CHECK(service["read_only"].as<bool>());
    CHECK(words_of(service["cap_drop"]) == words{"ALL"});
    CHECK(words_of(service["security_opt"]) == words{"no-new-privileges:true"});
    CHECK(words_of(service["tmpfs"]) == words{"/tmp"});
  }
  CHECK(out.service("front")["stop_grace_period"].as<std::string>() == "7s");
  CHECK(out.service("io")["stop_grace_period"].as<std::string>() == "125s");
}

TEST_CASE("Compose publishes a port for each gateway, above those that need rights") {
  const auto ports = composed(whole_sample).service("front")["ports"];
  REQUIRE(ports.size() == 1);
  CHECK(ports[0]["target"].as<int>() == 8'443);
  CHECK(ports[0]["published"].as<std::string>() == "443-444");
  CHECK_FALSE(ports[0]["host_ip"].IsDefined());
  CHECK_FALSE(composed(whole_sample).service("compute")["ports"].IsDefined());
}

TEST_CASE("what only this machine reaches by the manifest, only it reaches in containers") {
  const composed out(lone_sample);
  CHECK(out.service("gateway")["ports"][0]["host_ip"].as<std::string>() == "127.0.0.1");
  CHECK(out.service("gateway")["ports"][0]["published"].as<std::string>() == "8888");
  CHECK(out.file["networks"]["cluster"]["internal"].as<bool>());
  CHECK(words_of(out.service("workers")["networks"]) == words{"cluster"});
  const auto& flags = text_of(out.files, "gateway.toml");
  CHECK(flags.find("listen = '0.0.0.0:8888'") != flags.npos);
  CHECK(flags.find("open = 'true'") != flags.npos);
  CHECK(flags.find("insecure-cluster = 'true'") != flags.npos);
}

TEST_CASE("a gateway with TLS is asked for its health by https, where no certificate names it") {
  const auto test = words_of(composed(whole_sample).service("front")["healthcheck"]["test"]);
  CHECK(test.back() == "https://127.0.0.1:8443/readyz");
  CHECK(test[2] == "-fsk");
  const auto lone = words_of(composed(lone_sample).service("gateway")["healthcheck"]["test"]);
  CHECK(lone.back() == "http://127.0.0.1:8888/readyz");
}

TEST_CASE("workers that fetch reach more than their gateways") {
  const composed out(whole_sample);
  CHECK(words_of(out.service("io")["networks"]) == words{"cluster", "outside"});
  CHECK(words_of(out.service("compute")["networks"]) == words{"cluster"});
  CHECK(words_of(out.service("jobs")["networks"]) == words{"cluster"});
}

TEST_CASE("no value of a secret is in any file") {
  const composed out(whole_sample);
  for (const auto& file : out.files)
    CHECK(file.text.find("hunter2") == file.text.npos);
  const auto environment = out.service("front")["environment"];
  CHECK(environment["PGPASSWORD"].as<std::string>() == "${PGPASSWORD:?is needed by front}");
  CHECK(environment["TZ"].as<std::string>() == "a$$b");
  const auto secrets = out.service("front")["secrets"];
  const auto tokens = mounted(secrets, "/run/secrets/tokens/tokens");
  CHECK(out.file["secrets"][tokens]["file"].as<std::string>() == "/keys/tokens");
  const auto key = mounted(secrets, "/run/secrets/cluster-tls/key.pem");
  CHECK(out.file["secrets"][key]["file"].as<std::string>() == "/keys/cluster/key.pem");
}

TEST_CASE("a password in the store's URL is refused") {
  auto of = read_sample(whole_sample);
  of.gateways.front().store = "postgres://squall:hunter2@db.example/squall";
  CHECK_THROWS_AS(render_compose(of), std::invalid_argument);
  CHECK_THROWS_AS(render_kubernetes(of), std::invalid_argument);
}

TEST_CASE("the flags have the container's paths and addresses") {
  const composed out(whole_sample);
  const auto& gateway = text_of(out.files, "front.toml");
  for (const auto* line :
       {"listen = '0.0.0.0:8443'", "cluster-tls = '/run/secrets/cluster-tls'",
        "tls-key = '/run/secrets/tls/key.pem'", "tokens = '/run/secrets/tokens/tokens'",
        "declare = '/etc/squall/declared.json'"})
    CHECK(gateway.find(line) != gateway.npos);
  CHECK(gateway.find("/keys/") == gateway.npos);
  const auto& io = text_of(out.files, "io.toml");
  CHECK(io.find("fetch-ca = '/run/secrets/fetch-ca/ca.pem'") != io.npos);
  CHECK(io.find("join = 'front:7411'") != io.npos);
  CHECK(text_of(out.files, "compute.toml").find("pool = 'prime=2'") != std::string::npos);
  CHECK(text_of(out.files, "declared.json").find("\"maxsize\": 10") != std::string::npos);
}

TEST_CASE("queues in a file are kept in a volume") {
  const composed out(lone_sample);
  const auto volumes = out.service("gateway")["volumes"];
  REQUIRE(volumes.size() == 1);
  CHECK(volumes[0]["target"].as<std::string>() == "/var/lib/squall");
  CHECK(out.file["volumes"][volumes[0]["source"].as<std::string>()].IsDefined());
  CHECK(text_of(out.files, "gateway.toml").find("sqlite:/var/lib/squall/queues.db") !=
        std::string::npos);
  CHECK_FALSE(composed(whole_sample).file["volumes"].IsDefined());
}

TEST_CASE("replicas and what they may take are those of the manifest") {
  const composed out(whole_sample);
  CHECK(out.service("front")["deploy"]["replicas"].as<int>() == 2);
  CHECK(out.service("io")["deploy"]["replicas"].as<int>() == 3);
  const auto limits = out.service("compute")["deploy"]["resources"]["limits"];
  CHECK(limits["cpus"].as<std::string>() == "1.5");
  CHECK(limits["memory"].as<std::string>() == "512m");
  CHECK_FALSE(out.service("io")["deploy"]["resources"].IsDefined());
}

TEST_CASE("a changed configuration makes new containers, an unchanged one does not") {
  auto of = read_sample(whole_sample);
  const auto label = [&](const std::string& name) {
    return YAML::Load(text_of(render_compose(of),
                              "compose.yaml"))["services"][name]["labels"]["squall.configuration"]
        .as<std::string>();
  };
  const auto front = label("front");
  const auto io = label("io");
  CHECK(label("front") == front);
  of.queues.front().options = R"({"maxsize":11})";
  CHECK(label("front") != front);
  CHECK(label("io") == io);
  of.workers[1].pools["fetch"] = "21";
  CHECK(label("io") != io);
}

TEST_CASE("what Compose cannot do is told") {
  auto of = read_sample(lone_sample);
  of.gateways.front().listen.host = "www.example";
  CHECK_THROWS_WITH(render_compose(of), Catch::Matchers::ContainsSubstring("write an IP address"));
  of.gateways.front().listen = {"127.0.0.1", 0};
  CHECK_THROWS_WITH(render_compose(of), Catch::Matchers::ContainsSubstring("name one"));
}
