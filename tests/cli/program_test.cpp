#include "deploy/cli/program.hpp"

#include "tests/support/catch.hpp"

#include <iostream>
#include <sstream>

using namespace squall::cli;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Runs the program in this process and keeps what it says.
struct run {
  std::string out;
  std::string err;
  int code = 0;

  explicit run(std::vector<std::string> arguments, const environment& variables = {}) {
    std::ostringstream out_text;
    std::ostringstream err_text;
    auto* old_out = std::cout.rdbuf(out_text.rdbuf());
    auto* old_err = std::cerr.rdbuf(err_text.rdbuf());
    code = run_program(std::move(arguments), variables);
    std::cout.rdbuf(old_out);
    std::cerr.rdbuf(old_err);
    out = out_text.str();
    err = err_text.str();
  }
};

} // namespace

TEST_CASE("the version is one line") {
  const run r({"--version"});
  CHECK(r.code == 0);
  CHECK_THAT(r.out, ContainsSubstring("squall "));
}

TEST_CASE("every command's help has an example and the common flags") {
  for (const auto* name : {"gateway", "worker", "call", "status", "bench"}) {
    CAPTURE(name);
    const run r({name, "--help"});
    CHECK(r.code == 0);
    CHECK_THAT(r.out, ContainsSubstring("Example"));
    CHECK_THAT(r.out, ContainsSubstring("squall " + std::string(name)));
    CHECK_THAT(r.out, ContainsSubstring("--config") && ContainsSubstring("--log-level"));
  }
}

TEST_CASE("help of each command for jobs has an example") {
  for (const auto* name : {"submit", "get", "wait", "cancel", "list"}) {
    CAPTURE(name);
    const run r({"job", name, "--help"});
    CHECK(r.code == 0);
    CHECK_THAT(r.out, ContainsSubstring("Example"));
    CHECK_THAT(r.out, ContainsSubstring("squall job " + std::string(name)));
  }
}

TEST_CASE("help shows defaults") {
  const run r({"gateway", "--help"});
  for (const auto* text : {"127.0.0.1:8888", "127.0.0.1:7411", "30s", "8KiB", "1MiB"}) {
    CAPTURE(text);
    CHECK_THAT(r.out, ContainsSubstring(text));
  }
}

TEST_CASE("misuse exits with 2 and names what is wrong") {
  const auto check = [](std::vector<std::string> arguments, const environment& variables,
                        const std::string& named) {
    const run r(std::move(arguments), variables);
    CAPTURE(named, r.err);
    CHECK(r.code == 2);
    CHECK_THAT(r.err, ContainsSubstring(named));
    CHECK(r.out.empty());
  };
  check({}, {}, "a command is needed");
  check({"nonsense"}, {}, "nonsense");
  check({"gateway", "--no-such-flag"}, {}, "--no-such-flag");
  check({"gateway", "--io-threads", "many"}, {}, "--io-threads");
  check({"gateway", "--drain-timeout", "soon"}, {}, "--drain-timeout");
  check({"gateway", "--pool", "nokind=1"}, {}, "nokind");
  check({"worker", "--join", "a:1", "--consume", "numbers"}, {},
        "--consume: \"numbers\" is not of the form");
  check({"gateway", "--consume", "prime:2"}, {}, "--consume: \"prime:2\" is neither");
  check({"gateway"}, {{"SQUALL_CONSUME", "a=prime:1,b=nokind:1"}}, "nokind");
  check({"worker", "--join", "a:1", "--consume", "a b=prime:1"}, {}, "1 to 128 letters");
  check({"gateway", "--store", "redis:x"}, {}, "--store: 'redis:x' is no store");
  // With libpq and without.
  check({"gateway"}, {{"SQUALL_STORE", "postgres://127.0.0.1:1/d"}}, "postgres:");
  check({"gateway", "--store", "sqlite:/no/such/folder/q.db"}, {}, "/no/such/folder/q.db");
  check({"gateway", "--cluster-key", "k"}, {}, "--cluster-cert");
  check({"status"}, {{"SQUALL_NO_SUCH_FLAG", "1"}}, "SQUALL_NO_SUCH_FLAG");
  check({"gateway"}, {{"SQUALL_POOL", "nokind=1"}}, "nokind");
  check({"gateway"}, {{"SQUALL_LOG_LEVEL", "loud"}}, "SQUALL_LOG_LEVEL");
  check({"gateway", "--config", "/no/such/file"}, {}, "/no/such/file");
  check({"gateway", "--fetch-allow", "10.0.0.0/33"}, {}, "--fetch-allow: '10.0.0.0/33'");
  check({"gateway", "--fetch-allow", "a b"}, {}, "--fetch-allow: 'a b'");
  check({"gateway", "--fetch-ca", "/no/such/file"}, {}, "--fetch-ca: no certificates");
  check({"gateway", "--fetch-proxy", "ftp://a:1"}, {}, "--fetch-proxy: 'ftp://a:1'");
  check({"gateway", "--fetch-resolve", "a:80:nowhere"}, {}, "--fetch-resolve: 'a:80:nowhere'");
  check({"worker", "--fetch-per-host", "0"}, {}, "--fetch-per-host");
  check({"worker"}, {{"SQUALL_FETCH_ALLOW", "[::1"}}, "--fetch-allow: '[::1'");
  check({"worker"}, {}, "--join");
  check({"worker", "--join", "a:1"}, {}, "--pool");
  check({"worker", "--join", "a:1"}, {}, "--consume");
  check({"worker", "--join", "nowhere", "--pool", "prime=1"}, {}, "nowhere");
  check({"worker", "--join", "a:0", "--pool", "prime=1"}, {}, "a:0");
  check({"call", "prime"}, {}, "params");
  check({"call", "a/b", "1"}, {}, "a/b");
  check({"call", "prime", "{\"n\":"}, {}, "JSON");
  check({"call", "prime", "1", "--url", "ftp://a"}, {}, "ftp://a");
  check({"call", "prime", "1", "--priority", "10"}, {}, "--priority");
  check({"bench", "udp"}, {}, "udp");
  check({"job"}, {}, "squall job --help");
  check({"job", "submit"}, {}, "kind");
  check({"job", "submit", "prime", "nonsense"}, {}, "nonsense");
  check({"job", "submit", "prime", "{}", "--priorty"}, {}, "--priorty");
  check({"job", "submit", "prime", "--priority", "10"}, {}, "--priority");
  check({"job", "submit", "prime", "--wait", "soon"}, {}, "--wait: 'soon' is no duration");
  check({"job", "submit", "prime", "-", "--wait"}, {}, "--wait");
  check({"job", "submit", "prime", "-", "--unique", "k"}, {}, "--unique");
  check({"job", "wait"}, {}, "id");
  check({"job", "wait", "7"}, {}, "ID: '7' is no job's id");
  check({"job", "get", "../queues"}, {}, "../queues");
  check({"job", "cancel", "7"}, {}, "'7'");
  check({"job", "list", "--state", "lost"}, {}, "lost");
  check({"job", "list", "--limit", "0"}, {}, "--limit");
}

TEST_CASE("a gateway that cannot be reached exits with 3 and says what to try") {
  // Port 1 of loopback: nobody listens there without being root and meaning to.
  const std::string url = "http://127.0.0.1:1";
  const std::vector<std::vector<std::string>> commands{
      {"call", "prime", "97"},
      {"call", "prime", "-"},
      {"status"},
      {"bench", "ws"},
      {"job", "submit", "prime", "{}", "--wait"},
      {"job", "get", "0198e5a1-5c2e-7000-8000-000000000001"},
      {"job", "wait", "0198e5a1-5c2e-7000-8000-000000000001"},
      {"job", "cancel", "0198e5a1-5c2e-7000-8000-000000000001"},
      {"job", "list"}};
  for (auto arguments : commands) {
    arguments.insert(arguments.end(), {"--url", url});
    CAPTURE(arguments);
    const run r(arguments);
    CHECK(r.code == 3);
    CHECK_THAT(r.err, ContainsSubstring("error: the gateway at " + url + " cannot be reached: ") &&
                          ContainsSubstring("squall gateway --pool prime=auto"));
  }
}
