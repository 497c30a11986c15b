#include "deploy/cli/layers.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/flags.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include <unistd.h>

using namespace squall::cli;
using Catch::Matchers::ContainsSubstring;
using namespace std::chrono_literals;

namespace {

/// A program with two commands and one flag of each sort.
struct program {
  CLI::App app{"test"};
  CLI::App* serve = app.add_subcommand("serve");
  CLI::App* other = app.add_subcommand("other");
  std::string listen = "default";
  std::size_t io_threads = 1;
  std::chrono::milliseconds timeout{30'000};
  std::vector<std::string> pools;
  bool echo = false;
  std::string url;

  program() {
    serve->add_option("--listen", listen);
    serve->add_option("--io-threads", io_threads);
    add_duration(*serve, "--drain-timeout", timeout, "");
    add_list(*serve, "--pool", pools, "");
    serve->add_flag("--echo", echo);
    other->add_option("--url", url);
  }

  void parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
  }
};

/// A file that is gone with its owner.
class file {
public:
  explicit file(const std::string& text) {
    const int fd = ::mkstemp(path_.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    std::ofstream(path_) << text;
  }
  ~file() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

private:
  std::string path_ = "/tmp/squall-layers-XXXXXX";
};

} // namespace

TEST_CASE("a flag goes before the environment, and that before the file") {
  program p;
  p.parse({"serve", "--listen", "flag"});
  apply_environment(p.app, *p.serve, {{"SQUALL_LISTEN", "variable"}, {"SQUALL_IO_THREADS", "2"}});
  const file f("[serve]\nlisten = \"file\"\nio-threads = 3\ndrain-timeout = \"5s\"\n");
  apply_file(p.app, *p.serve, f.path());
  CHECK(p.listen == "flag");
  CHECK(p.io_threads == 2);
  CHECK(p.timeout == 5s);
}

TEST_CASE("lists and switches come from the environment and from a file") {
  program p;
  p.parse({"serve"});
  SECTION("environment") {
    apply_environment(p.app, *p.serve, {{"SQUALL_POOL", "a=1,b=2"}, {"SQUALL_ECHO", "true"}});
  }
  SECTION("file") {
    const file f("[serve]\npool = [\"a=1\", \"b=2\"]\necho = true\n");
    apply_file(p.app, *p.serve, f.path());
  }
  CHECK(p.pools == std::vector<std::string>{"a=1", "b=2"});
  CHECK(p.echo);
}

TEST_CASE("a file that is read again names all keys that no command has, a line each") {
  program p;
  p.parse({"serve", "--listen", "flag"});
  const file good("[serve]\npool = [\"a=1\", \"b=2\"]\n[other]\nurl = \"x\"\n");
  const auto layer = layer_of(p.app, *p.serve, good.path());
  CHECK(layer.given == std::set<std::string>{"listen"});
  CHECK(layer.values == section_values{{"pool", {"a=1", "b=2"}}});
  CHECK(layer_of(p.app, *p.serve, "").values.empty());
  const file bad("[serve]\ncolour = 1\nlisten = \"y\"\n[nobody]\nkey = 1\n");
  CHECK_THROWS_WITH(read_section(p.app, *p.serve, bad.path()),
                    ContainsSubstring("[serve] colour: unknown key\n") ||
                        ContainsSubstring("'nobody'\n"));
}

TEST_CASE("a variable that no command has is an error that names it") {
  program p;
  p.parse({"serve"});
  CHECK_THROWS_WITH(apply_environment(p.app, *p.serve, {{"SQUALL_LISTN", "x"}}),
                    ContainsSubstring("SQUALL_LISTN"));
  CHECK_THROWS_AS(apply_environment(p.app, *p.serve, {{"SQUALL_HELP", "1"}}), misuse);
}

TEST_CASE("variables of other commands and of the tests are left alone") {
  program p;
  p.parse({"serve"});
  apply_environment(p.app, *p.serve, {{"SQUALL_URL", "x"}, {"SQUALL_BIN", "y"}});
  CHECK(p.url.empty());
}

TEST_CASE("a bad value of the environment is an error that names the variable") {
  program p;
  p.parse({"serve"});
  CHECK_THROWS_WITH(apply_environment(p.app, *p.serve, {{"SQUALL_IO_THREADS", "many"}}),
                    ContainsSubstring("SQUALL_IO_THREADS") && ContainsSubstring("many"));
  CHECK_THROWS_WITH(apply_environment(p.app, *p.serve, {{"SQUALL_DRAIN_TIMEOUT", "soon"}}),
                    ContainsSubstring("SQUALL_DRAIN_TIMEOUT") && ContainsSubstring("soon"));
  CHECK_THROWS_WITH(apply_environment(p.app, *p.serve, {{"SQUALL_ECHO", "perhaps"}}),
                    ContainsSubstring("SQUALL_ECHO"));
}

TEST_CASE("a bad value of a file is an error that names file and key") {
  program p;
  p.parse({"serve"});
  const file f("[serve]\ndrain-timeout = \"soon\"\n");
  CHECK_THROWS_WITH(apply_file(p.app, *p.serve, f.path()),
                    ContainsSubstring(f.path()) && ContainsSubstring("drain-timeout"));
}

TEST_CASE("an unknown key, section or file is an error that names it") {
  program p;
  p.parse({"serve"});
  const auto check = [&p](const std::string& text, const std::string& named) {
    const file f(text);
    CHECK_THROWS_WITH(apply_file(p.app, *p.serve, f.path()),
                      ContainsSubstring(f.path()) && ContainsSubstring(named));
  };
  check("[serve]\nlisten = \"x\"\nlistn = \"y\"\n", "listn");
  check("[other]\nlisten = \"x\"\n", "listen");
  check("[nothing]\nlisten = \"x\"\n", "nothing");
  check("listen = \"x\"\n", "section");
  CHECK_THROWS_WITH(apply_file(p.app, *p.serve, "/no/such/file"),
                    ContainsSubstring("/no/such/file"));
}

TEST_CASE("sections of other commands may stand in the same file") {
  program p;
  p.parse({"serve"});
  const file f("# both\n[other]\nurl = \"u\"\n[serve]\nlisten = \"file\"\n");
  apply_file(p.app, *p.serve, f.path());
  CHECK(p.listen == "file");
  CHECK(p.url.empty());
}

TEST_CASE("a command below another one has a section with both names") {
  program p;
  auto* below = p.other->add_subcommand("below");
  std::string name;
  below->add_option("--name", name);
  CHECK(section_of(*below) == "other.below");
  CHECK(section_of(*p.serve) == "serve");
  const file config("[serve]\nlisten = \"a:1\"\n[other.below]\nname = \"file\"\n");
  p.parse({"other", "below"});
  apply_environment(p.app, *below, {{"SQUALL_LISTEN", "b:2"}, {"SQUALL_ITEM_ID", "7"}});
  apply_file(p.app, *below, config.path());
  CHECK(name == "file");
  CHECK(p.listen == "default");
  apply_environment(p.app, *p.serve, {{"SQUALL_NAME", "variable"}});
  CHECK(p.listen == "default");
}
