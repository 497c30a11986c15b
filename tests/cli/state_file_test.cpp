#include "deploy/cli/state_file.hpp"

#include "deploy/cli/exit_code.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <fstream>
#include <string>

using namespace squall::cli;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

/// A directory that is gone with its owner.
class directory {
public:
  directory() { REQUIRE(::mkdtemp(path_.data()) != nullptr); }
  ~directory() { fs::remove_all(path_); }
  directory(const directory&) = delete;
  directory& operator=(const directory&) = delete;

  fs::path path() const { return path_; }

private:
  std::string path_ = (fs::temp_directory_path() / "squall-XXXXXX").string();
};

std::string user_file(const environment& variables) {
  return default_store_file(variables, false).string();
}

} // namespace

TEST_CASE("a service keeps its queues where systemd says, in the first place of several") {
  const environment one{{"STATE_DIRECTORY", "/var/lib/a"}, {"HOME", "/home/ada"}};
  CHECK(user_file(one) == "/var/lib/a/queues.db");
  CHECK(default_store_file(one, true) == "/var/lib/a/queues.db");
  CHECK(user_file({{"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"}}) == "/var/lib/a/queues.db");
}

TEST_CASE("root keeps its queues in the system's state, whatever its home") {
  CHECK(default_store_file({{"HOME", "/root"}, {"XDG_STATE_HOME", "/root/state"}}, true) ==
        "/var/lib/squall/queues.db");
}

TEST_CASE("a user keeps queues in the user's own state") {
  CHECK(user_file({{"HOME", "/home/ada"}}) == "/home/ada/.local/state/squall/queues.db");
  CHECK(user_file({{"HOME", "/home/ada"}, {"XDG_STATE_HOME", "/s"}}) == "/s/squall/queues.db");
}

TEST_CASE("a state directory that is no absolute path does not count") {
  CHECK(user_file({{"STATE_DIRECTORY", ""}, {"XDG_STATE_HOME", "state"}, {"HOME", "/home/ada"}}) ==
        "/home/ada/.local/state/squall/queues.db");
}

TEST_CASE("who has no place for state is told to name one") {
  for (const auto& variables : {environment{}, environment{{"HOME", ""}}}) {
    CHECK_THROWS_AS(user_file(variables), misuse);
    CHECK_THROWS_WITH(user_file(variables), ContainsSubstring("--store memory:"));
  }
}

TEST_CASE("a state directory is made with those above it, for its owner alone") {
  const directory root;
  const auto made = root.path() / "a" / "b";
  make_state_directory(made);
  for (const auto& each : {made.parent_path(), made})
    CHECK(fs::status(each).permissions() == fs::perms::owner_all);
  make_state_directory(made); // again
}

TEST_CASE("a state directory that cannot be made is an error that names it and --store") {
  const directory root;
  const std::ofstream file{root.path() / "file"};
  const auto below = root.path() / "file" / "squall";
  CHECK_THROWS_AS(make_state_directory(below), misuse);
  CHECK_THROWS_WITH(make_state_directory(below),
                    ContainsSubstring("--store: cannot make " + below.string()));
}
