#include "deploy/cli/declared_file.hpp"

#include "deploy/cli/exit_code.hpp"
#include "tests/support/catch.hpp"

#include <optional>
#include <string>

using namespace squall;

namespace {

gateway::declarations read(const std::string& text) {
  const auto look_up = [](const std::string& name) -> std::optional<std::string> {
    return name == "SIZE" ? std::optional<std::string>("7") : std::nullopt;
  };
  return cli::read_declared(text, "/etc/q.yaml", look_up, 1'000);
}

/// What is said of a text that cannot be used.
std::string complaint_of(const std::string& text) {
  try {
    read(text);
  } catch (const cli::misuse& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST_CASE("a declared file is YAML or JSON, and what is not its own is left alone") {
  const auto yaml = read(R"(apiVersion: squall/v1
gateways: { main: { store: "${NOT_SET}" } }
queues:
  - name: mail
    order: fifo
    maxsize: ${SIZE}
schedules:
  - name: nightly
    cron: "0 3 * * *"
    kind: fetch
    params: { url: "http://a.example/" }
)");
  REQUIRE(yaml.queues.size() == 1);
  CHECK(yaml.queues[0].name == "mail");
  CHECK(yaml.queues[0].settings.maxsize == 7);
  REQUIRE(yaml.schedules.size() == 1);
  CHECK(yaml.schedules[0].what.cron == "0 3 * * *");
  CHECK(yaml.schedules[0].what.job.body == R"({"url":"http://a.example/"})");
  const auto json = read(R"({"queues":[{"name":"mail","order":"fifo","maxsize":7}],"x":1})");
  CHECK(json.queues == yaml.queues);
  CHECK(read("").queues.empty());
}

TEST_CASE("all mistakes of a declared file are told at once, each with its place") {
  const auto told = complaint_of(R"(queues:
  - name: mail
    maxsize: -1
  - name: mail
schedules:
  - name: nightly
    kind: k
)");
  CAPTURE(told);
  CHECK(told.find("/etc/q.yaml:3:14: maxsize: an integer") != std::string::npos);
  CHECK(told.find("two queues have the name 'mail'") != std::string::npos);
  CHECK(told.find("cron: a line, or every_ms, is needed") != std::string::npos);
}

TEST_CASE("mistakes in a declared file of one line are told, too") {
  CHECK(complaint_of(R"({"queues":[{"name":"a","rate":"x"}],"z":1})").find("rate: ") !=
        std::string::npos);
  CHECK(complaint_of(R"({"z":"${NOT_SET}","queues":[]})").empty());
}

TEST_CASE("a declared file that is none is refused") {
  CHECK(complaint_of("- a\n- b\n").find("'queues' and 'schedules'") != std::string::npos);
  CHECK(complaint_of("queues: [").find("YAML") != std::string::npos);
  CHECK_THROWS_AS(cli::read_declared_file("/nowhere/q.yaml", 10), cli::misuse);
}
