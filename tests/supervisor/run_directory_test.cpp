#include "deploy/supervisor/run_directory.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

using namespace squall::supervisor;
namespace fs = std::filesystem;

TEST_CASE("a run directory is its owner's alone, and one supervisor's") {
  const squall::tests::scratch_folder folder;
  const run_directory place(folder.path() / "runs", "shop");
  place.make();
  place.make();
  CHECK((fs::status(place.path()).permissions() & fs::perms::mask) == fs::perms::owner_all);
  CHECK(place.supervisor() == 0);
  {
    const auto lock = place.lock();
    REQUIRE(lock);
    CHECK_FALSE(place.lock());
    CHECK(place.supervisor() == ::getpid());
  }
  CHECK(place.supervisor() == 0);
  CHECK(place.lock());
}

TEST_CASE("deployments are those with a state, and their logs stay behind it") {
  const squall::tests::scratch_folder folder;
  const run_directory place(folder.path(), "shop");
  place.make();
  CHECK(deployments_in(folder.path()).empty());
  write_file(place.state(), "{}");
  write_file(place.log("w-1"), "line\n");
  CHECK(deployments_in(folder.path()) == std::vector<std::string>{"shop"});
  place.clear();
  CHECK(deployments_in(folder.path()).empty());
  CHECK(read_file(place.log("w-1")) == "line\n");
}

TEST_CASE("a path that is too long for a socket is refused, with what to do") {
  const squall::tests::scratch_folder folder;
  const run_directory place(folder.path() / std::string(100, 'x'), "shop");
  CHECK_THROWS_WITH(place.make(), Catch::Matchers::ContainsSubstring("--run-directory"));
}

TEST_CASE("a file is replaced as a whole, for its owner alone") {
  const squall::tests::scratch_folder folder;
  const auto file = folder.path() / "file";
  CHECK_FALSE(read_file(file));
  write_file(file, "long text");
  write_file(file, "text");
  CHECK(read_file(file) == "text");
  CHECK((fs::status(file).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
}
