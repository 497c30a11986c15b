#include "deploy/supervisor/difference.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace squall::supervisor;

namespace {

process_spec process(const std::string& name, role part = role::worker) {
  process_spec spec;
  spec.name = name;
  spec.group = name.substr(0, name.find('-'));
  spec.part = part;
  spec.overlaps = part == role::worker;
  if (part == role::worker) spec.flags = {{"pool", {"prime=2"}}};
  return spec;
}

const auto gateway = process("gateway-1", role::gateway);
const auto first = process("w-1");
const auto second = process("w-2");

difference between(const std::vector<process_spec>& now, const std::vector<process_spec>& wanted) {
  std::vector<running_process> running;
  for (const auto& spec : now)
    running.push_back({spec});
  return difference_of(running, wanted, "", "");
}

/// "NAME: ACTION" of each.
std::vector<std::string> said(const difference& what) {
  std::vector<std::string> lines;
  for (const auto& line : describe(what))
    if (!line.starts_with(" ")) lines.push_back(line);
  return lines;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("nothing differs from itself") {
  const auto what = between({gateway, first}, {gateway, first});
  CHECK(what.empty());
  CHECK(describe(what).empty());
}

TEST_CASE("what is new is started, what is gone is drained, and gateways go last") {
  CHECK(said(between({first}, {gateway, first, second})) ==
        lines{"+ gateway-1: start", "+ w-2: start"});
  CHECK(said(between({gateway, first, second}, {})) ==
        lines{"- w-1: drain", "- w-2: drain", "- gateway-1: drain"});
}

TEST_CASE("a flag that differs is said, and restarts its process alone") {
  auto wanted = first;
  wanted.flags["pool"] = {"prime=4", "sleep=8"};
  wanted.flags["drain-timeout"] = {"5s"};
  const auto what = between({gateway, first, second}, {gateway, wanted, second});
  CHECK(said(what) == lines{"~ w-1: restart"});
  CHECK(what.changes[0].because ==
        lines{"drain-timeout: (default) -> 5s", "pool: prime=2 -> prime=4,sleep=8"});
}

TEST_CASE("workers' pools and consumed queues change live, if nothing else differs") {
  auto wanted = first;
  wanted.flags["pool"] = {"prime=4", "sleep=8"};
  wanted.flags["consume"] = {"numbers=prime:2"};
  const auto what = between({gateway, first, second}, {gateway, wanted, second});
  CHECK(describe(what) == lines{"~ w-1: changed live, nothing is interrupted",
                                "    consume: (default) -> numbers=prime:2",
                                "    pool: prime=2 -> prime=4,sleep=8"});
  const auto other = difference_of({{first, true}}, {wanted}, "", "");
  CHECK(said(other) == lines{"~ w-1: restart"});
}

TEST_CASE("pools of a gateway's own process change live, but for its first and its last one") {
  auto some = gateway;
  some.flags["pool"] = {"prime=4"};
  CHECK(said(between({gateway}, {some})) == lines{"~ gateway-1: restart"});
  CHECK(said(between({some}, {gateway})) == lines{"~ gateway-1: restart"});
  auto other = gateway;
  other.flags["consume"] = {"numbers=prime:2"};
  CHECK(said(between({some}, {other})) == lines{"~ gateway-1: reload, nothing is interrupted"});
  other.flags["consume"].emplace_back("mail"); // whose jobs it is to run
  CHECK(said(between({some}, {other})) == lines{"~ gateway-1: restart"});
}

TEST_CASE("values that may be secret are not shown") {
  auto now = gateway;
  auto wanted = gateway;
  now.flags["store"] = {"postgres://u:old-word@h/d"};
  wanted.flags["store"] = {"postgres://u:new-word@h/d"};
  wanted.environment["PGPASSWORD"] = "third-word";
  std::string all;
  for (const auto& line : describe(between({now}, {wanted})))
    all += line + "\n";
  CHECK(all.find("word@") == std::string::npos);
  CHECK(all.find("third-word") == std::string::npos);
  CHECK(all.find("environment PGPASSWORD") != std::string::npos);
  CHECK(all.find("store") != std::string::npos);
}

TEST_CASE("another build of the program is a reason for a restart") {
  const auto what = difference_of({{first, true}}, {first}, "", "");
  CHECK(said(what) == lines{"~ w-1: restart"});
}

TEST_CASE("gateways read again what is declared when it differs") {
  const std::string now = R"({"queues": [{"name": "a", "maxsize": 1}, {"name": "b"}]})";
  const std::string wanted = R"({"queues": [{"name": "a", "maxsize": 2}, {"name": "c"}]})";
  const auto what = difference_of({{gateway}, {first}}, {gateway, first}, now, wanted);
  CHECK(said(what) == lines{"~ gateway-1: reload, nothing is interrupted",
                            "~ queue a: maxsize 1 -> 2", "~ queue c: new",
                            "~ queue b: no longer declared; it stays until squall queue rm b"});
}

TEST_CASE("new workers are there before others are restarted") {
  auto changed = first;
  changed.flags["drain-timeout"] = {"5s"};
  CHECK(said(between({first}, {changed, second})) == lines{"+ w-2: start", "~ w-1: restart"});
}

TEST_CASE("files with other contents are read again by gateways, and nothing is interrupted") {
  auto now = gateway;
  now.flags["tokens"] = {"/etc/tokens"};
  now.contents = {{"tokens", "00"}};
  auto wanted = now;
  wanted.contents = {{"tokens", "01"}};
  CHECK(describe(between({now}, {wanted})) == lines{"~ gateway-1: reload, nothing is interrupted",
                                                    "    tokens: /etc/tokens has other contents"});
  wanted.contents.clear(); // it cannot be read now
  CHECK(between({now}, {wanted}).empty());
  auto of_worker = first;
  of_worker.contents = {{"cluster-tls", "01"}};
  CHECK(between({first}, {of_worker}).empty());
}
