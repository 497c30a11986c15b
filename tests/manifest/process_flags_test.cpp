#include "deploy/manifest/process_flags.hpp"

#include "tests/support/catch.hpp"

#include <CLI/CLI.hpp>

#include <sstream>

using namespace squall::manifest;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

/// The file as a process reads it.
flag_values read_back(const std::string& toml) {
  std::istringstream stream(toml);
  flag_values flags;
  for (const auto& item : CLI::ConfigBase().from_config(stream))
    if (item.name != "++" && item.name != "--") {
      CHECK(item.parents == texts{"gateway"});
      flags[item.name] = item.inputs;
    }
  return flags;
}

} // namespace

TEST_CASE("a gateway is told all that its group says") {
  manifest of;
  of.log_level = "warn";
  of.cluster = {"/tls", true};
  gateway_group group;
  group.store = "memory:";
  group.tokens = "/tokens";
  group.tls_certificate = "/c";
  group.tls_key = "/k";
  group.pools = {{"prime", "auto"}, {"sleep", "8"}};
  group.consume = {{"numbers", "prime:2"}};
  group.job_queues = {"mail"};
  group.flags = {{"open", {"true"}}};
  group.drain_timeout = 1500ms;
  const flag_values expected{
      {"listen", {"127.0.0.1:1"}},
      {"cluster", {""}},
      {"declare", {"/m.yaml"}},
      {"store", {"memory:"}},
      {"tokens", {"/tokens"}},
      {"tls-cert", {"/c"}},
      {"tls-key", {"/k"}},
      {"pool", {"prime=auto", "sleep=8"}},
      {"open", {"true"}},
      {"consume", {"numbers=prime:2", "mail"}},
      {"drain-timeout", {"1500ms"}},
      {"cluster-tls", {"/tls"}},
      {"insecure-cluster", {"true"}},
      {"log-level", {"warn"}},
  };
  CHECK(gateway_flags(of, group, "127.0.0.1:1", "", "/m.yaml") == expected);
}

TEST_CASE("a worker is told whom it joins and what it runs") {
  manifest of;
  worker_group group;
  group.pools = {{"prime", "4"}};
  group.flags = {{"fetch-per-host", {"3"}}};
  const flag_values expected{
      {"join", {"a:1", "b:2"}},       {"pool", {"prime=4"}},   {"fetch-per-host", {"3"}},
      {"drain-timeout", {"30000ms"}}, {"log-level", {"info"}},
  };
  CHECK(worker_flags(of, group, {"a:1", "b:2"}) == expected);
}

TEST_CASE("a file of flags is read back as it was") {
  const flag_values flags{
      {"pool", {"prime=auto", "sleep=8"}},
      {"store", {"sqlite:/srv/a b/1;c=[d].db"}},
      {"origin", {"https://a.example:1"}},
      {"cluster", {""}},
      {"echo", {"true"}},
      {"max-waiting", {"12"}},
  };
  CHECK(read_back(to_toml("gateway", flags)) == flags);
}

TEST_CASE("a flag without a value is not in the file") {
  CHECK(to_toml("worker", {{"require", {}}}) == "[worker]\n");
}
