#include "deploy/manifest/read.hpp"

#include "tests/support/catch.hpp"

#include <map>
#include <vector>

using namespace squall::manifest;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::map<std::string, std::string> variables_set{{"SECRET", "hunter2"}, {"EMPTY", ""}};

/// "LINE:COLUMN: WHAT" of each mistake.
std::vector<std::string> wrong_in(std::string_view text) {
  try {
    read(text, "m.yaml", [](const std::string& name) {
      const auto found = variables_set.find(name);
      return found == variables_set.end() ? std::nullopt
                                          : std::optional<std::string>(found->second);
    });
  } catch (const mistakes& wrong) {
    std::vector<std::string> lines;
    for (const auto& each : wrong.all())
      lines.push_back(to_string(each).substr(7));
    return lines;
  }
  return {};
}

/// The mistakes of a manifest that has these lines, too: one line, if it is only one.
std::string wrong_with(const std::string& lines) {
  std::string told;
  for (const auto& each : wrong_in("apiVersion: squall/v1\nname: a\n" + lines))
    told.append(told.empty() ? "" : "\nand also ").append(each);
  return told;
}

std::string wrong_gateway(const std::string& keys) {
  return wrong_with("gateways:\n  - name: g\n    " + keys + "\n");
}

std::string wrong_worker(const std::string& keys) {
  return wrong_with("gateways: [{name: g}]\nworkers:\n  - name: w\n    " + keys + "\n");
}

} // namespace

TEST_CASE("all mistakes are told at once, in the order of the file") {
  const auto all = wrong_in("apiVersion: squall/v2\nname: Demo\ngatways: []\nworkers:\n"
                            "  - name: w\n    pools: {prime: many}\n    join: [front]\n");
  REQUIRE(all.size() == 5);
  CHECK(all[0] == "1:13: 'squall/v2' is no version that this program knows; write squall/v1");
  CHECK_THAT(all[1], ContainsSubstring("2:7: 'Demo' is no name"));
  CHECK_THAT(all[2], ContainsSubstring("3:1: unknown key 'gatways' (did you mean 'gateways'?)"));
  CHECK_THAT(all[3], ContainsSubstring("6:20: 'many' is no number of slots; write 1 to 100000"));
  CHECK_THAT(all[4], ContainsSubstring("7:12: there is no gateway 'front'"));
}

TEST_CASE("what is no manifest at all is told") {
  CHECK_THAT(wrong_in("").at(0), ContainsSubstring("nothing is in this file"));
  CHECK_THAT(wrong_in("# only this\n").at(0), ContainsSubstring("nothing is in this file"));
  CHECK_THAT(wrong_in("hello").at(0), ContainsSubstring("where a manifest is needed, as a map"));
  CHECK_THAT(wrong_in("- 1\n- 2").at(0), ContainsSubstring("a list where a manifest"));
  CHECK_THAT(wrong_in("a: [1, 2\nb: }").at(0), ContainsSubstring("this is no YAML"));
  CHECK_THAT(
      wrong_in("a:\n\t- b\n").at(0),
      ContainsSubstring(
          "2:2: this is no YAML: illegal block entry (YAML is indented with spaces, not tabs)"));
  CHECK_THAT(wrong_with("gateways: [{name: g}]\n---\na: 1\n"),
             ContainsSubstring("second document"));
  CHECK_THAT(wrong_with("queues: []\n"), ContainsSubstring("nothing to run"));
}

TEST_CASE("aliases of aliases and deep nesting end early") {
  std::string bomb = "x-0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 12; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int times = 0; times < 9; ++times)
      bomb += ", " + before;
    bomb += "]\n";
  }
  CHECK_THAT(wrong_in(bomb).at(0), ContainsSubstring("more than 100000 values"));
  CHECK_THAT(wrong_in(std::string(100, '[') + std::string(100, ']')).at(0),
             ContainsSubstring("more than 32 levels"));
  CHECK_FALSE(wrong_in(std::string(100'000, '[')).empty());
  CHECK_THAT(wrong_in("a: &a [*a]").at(0), ContainsSubstring("more than 32 levels"));
}

TEST_CASE("a key that is said twice, missing or misspelt is told") {
  CHECK_THAT(wrong_with("name: b\ngateways: [{name: g}]\n"), ContainsSubstring("second time"));
  CHECK_THAT(wrong_with("gateways: [{}]\n"), ContainsSubstring("a gateway needs the key 'name'"));
  CHECK_THAT(wrong_gateway("limits: {max_wating: 3}"),
             ContainsSubstring("5:14: unknown key 'max_wating' (did you mean 'max_waiting'?)"));
  CHECK_THAT(wrong_gateway("xyzzy: 3"), !ContainsSubstring("did you mean"));
  CHECK_THAT(wrong_gateway("tls: {cert: a.pem}"), ContainsSubstring("needs the key 'key'"));
}

TEST_CASE("values of the wrong sort are told with what is right") {
  CHECK_THAT(wrong_gateway("drain_timeout: soon"), ContainsSubstring("no duration; write 500ms"));
  CHECK_THAT(wrong_gateway("limits: {max_body_bytes: big}"), ContainsSubstring("'big' is no size"));
  CHECK_THAT(wrong_gateway("listen: 8888"), ContainsSubstring("no HOST:PORT"));
  CHECK_THAT(wrong_gateway("listen: 127.0.0.1:99999"), ContainsSubstring("no HOST:PORT"));
  CHECK_THAT(wrong_gateway("io_threads: -1"), ContainsSubstring("no whole number from 0 to 1024"));
  CHECK_THAT(wrong_gateway("open: maybe"), ContainsSubstring("neither true nor false"));
  CHECK_THAT(wrong_gateway("pools: [prime]"), ContainsSubstring("a list is no map"));
  CHECK_THAT(wrong_gateway("consume: {numbers: \"prime:0\"}"), ContainsSubstring("no KIND:N"));
  CHECK_THAT(wrong_gateway("tokens: 'a#b'"), ContainsSubstring("it has one of #"));
  CHECK_THAT(wrong_gateway("store: sqlte:a.db"), ContainsSubstring("is no store"));
  CHECK_THAT(
      wrong_with("logging: {level: inf}\ngateways: [{name: g}]\n"),
      ContainsSubstring("'inf' is not one of trace, debug, info, warn, error or off (did you "
                        "mean 'info'?)"));
  CHECK_THAT(wrong_with("gateways: {name: g}\n"), ContainsSubstring("a map is no list"));
}

TEST_CASE("what is unsafe beyond this machine is refused with what to do") {
  CHECK_THAT(wrong_gateway("listen: 0.0.0.0:8888"), ContainsSubstring("set 'tokens: FILE'"));
  CHECK_THAT(wrong_gateway("cluster: 0.0.0.0:7411"), ContainsSubstring("set 'tls: DIR'"));
  CHECK_THAT(wrong_with("cluster: {tls: x, insecure: true}\ngateways: [{name: g}]\n"),
             ContainsSubstring("leave one of them out"));
}

TEST_CASE("gateways that cannot share what they have are refused") {
  CHECK_THAT(wrong_gateway("replicas: 2"), ContainsSubstring("an SQLite file"));
  CHECK_THAT(wrong_gateway("store: 'memory:'\n    replicas: 2"), ContainsSubstring("in memory"));
  CHECK_THAT(wrong_with("gateways:\n  - {name: g}\n  - {name: h, listen: 127.0.0.1:1, "
                        "cluster: 127.0.0.1:2}\n"),
             ContainsSubstring("has this file already"));
  CHECK_THAT(wrong_with("gateways:\n  - {name: g}\n  - {name: h, store: 'memory:', "
                        "cluster: 127.0.0.1:2}\n"),
             ContainsSubstring("127.0.0.1:8888 is taken by the clients of 'g'"));
  CHECK_THAT(wrong_with("gateways: [{name: g}]\nworkers: [{name: g, pools: {prime: 1}}]\n"),
             ContainsSubstring("the name of another one"));
}

TEST_CASE("worker groups that cannot work are refused") {
  CHECK_THAT(wrong_worker("replicas: 1"), ContainsSubstring("needs 'pools' or 'consume'"));
  CHECK_THAT(wrong_worker("pools: {prime: 1}\n    join: [gg]"),
             ContainsSubstring("there is no gateway 'gg' (did you mean 'g'?); there is g"));
  CHECK_THAT(wrong_worker("pools: {prime: 1}\n    join: ['a:b']"),
             ContainsSubstring("neither a gateway's name nor HOST:PORT"));
  CHECK_THAT(wrong_worker("pools: {prime: 1}\n    min: 3\n    max: 2"),
             ContainsSubstring("'min' is above 'max', which is 2"));
  CHECK_THAT(wrong_worker("pools: {prime: 1}\n    min: 3"), ContainsSubstring("needs 'max'"));
  CHECK_THAT(wrong_worker("pools: {prime: 1}\n    max: 3\n    replicas: 4"),
             ContainsSubstring("not between 'min' and 'max'"));
  CHECK_THAT(wrong_worker("pools: {prime: 1}\n    max: 3\n    down_after: 0s"),
             ContainsSubstring("'down_after' needs 1ms at least"));
  for (const auto* work : {"prime", "'prime:auto'"})
    CHECK_THAT(wrong_worker("max: 3\n    consume: {numbers: " + std::string(work) + "}"),
               ContainsSubstring("write a number instead of 'auto'"));
  CHECK_THAT(wrong_worker("pools: {prime: 1}\n    resources: {memory: 1MiB}"),
             ContainsSubstring("16MiB at least"));
  CHECK_THAT(wrong_with("logging: {max_size: 1KiB}\n"), ContainsSubstring("4KiB at least"));
  CHECK_THAT(wrong_with("workers: [{name: w, pools: {prime: 1}}]\n"),
             ContainsSubstring("no gateway with a 'cluster' address"));
}

TEST_CASE("queues and schedules are checked as when clients put them") {
  const std::string gateway = "gateways: [{name: g}]\n";
  CHECK_THAT(wrong_with(gateway + "queues: [{name: a, maxsize: -1}]\n"),
             ContainsSubstring("4:29: maxsize: an integer from 0"));
  CHECK_THAT(wrong_with(gateway + "queues: [{name: a, oder: lifo}]\n"),
             ContainsSubstring("(did you mean 'order'?)"));
  CHECK_THAT(wrong_with(gateway + "queues: [{name: a/b}]\n"),
             ContainsSubstring("a queue's name is"));
  CHECK_THAT(wrong_with(gateway + "queues: [{name: a}, {name: a}]\n"),
             ContainsSubstring("'a' is the name of another one"));
  CHECK_THAT(wrong_with(gateway + "schedules: [{name: s, kind: prime}]\n"),
             ContainsSubstring("cron: a line, or every_ms, is needed"));
  CHECK_THAT(wrong_with(gateway + "schedules: [{name: s, kind: prime, cron: '61 * * * *'}]\n"),
             ContainsSubstring("4:42: cron: "));
}

TEST_CASE("variables that cannot be put in are told") {
  CHECK_THAT(wrong_gateway("store: ${NOWHERE}"),
             ContainsSubstring("the variable NOWHERE is not set"));
  CHECK_THAT(wrong_gateway("store: ${A-B}"), ContainsSubstring("names no variable"));
}

TEST_CASE("what variables hold is never told") {
  for (const auto* keys :
       {"store: ${SECRET}", "listen: ${SECRET}", "replicas: ${SECRET}", "drain_timeout: ${SECRET}",
        "pools: {prime: \"${SECRET}\"}", "limits: {max_body_bytes: \"${SECRET}\"}",
        "consume: {numbers: \"${SECRET}:x\"}", "open: ${SECRET}"}) {
    const auto wrong = wrong_gateway(keys);
    CHECK_THAT(wrong, ContainsSubstring("${SECRET}"));
    CHECK_THAT(wrong, !ContainsSubstring("hunter2"));
  }
}

TEST_CASE("secrets do not belong in a manifest") {
  CHECK_THAT(wrong_gateway("store: postgres://u:hunter2@db/squall"),
             ContainsSubstring("a password does not belong") && !ContainsSubstring("hunter2"));
  CHECK_THAT(wrong_gateway("environment: {PGPASSWORD: hunter2}"),
             ContainsSubstring("write ${PGPASSWORD}") && !ContainsSubstring("hunter2"));
  CHECK_THAT(wrong_gateway("environment: {SQUALL_STORE: x}"), ContainsSubstring("own key"));
  CHECK_THAT(wrong_gateway("environment: {LISTEN_FDS: 1}"), ContainsSubstring("is set by"));
}

TEST_CASE("a kind that the program does not have is a mistake, where that is known") {
  const auto* text = R"(apiVersion: squall/v1
name: a
gateways: [{name: g, pools: {sleep: 1}}]
workers:
  - name: w
    pools: {pirme: 4}
    consume: {numbers: "x:1"}
)";
  const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  CHECK_NOTHROW(read(text, "m.yaml", nothing));
  CHECK_THROWS_WITH(
      read(text, "m.yaml", nothing, {"prime", "sleep"}),
      "m.yaml:6:13: 'pirme' is no kind of this program (did you mean 'prime'?); write prime or "
      "sleep\n"
      "m.yaml:7:24: 'x' is no kind of this program; write prime or sleep");
}
