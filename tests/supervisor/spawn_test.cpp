#include "deploy/supervisor/listen_socket.hpp"
#include "deploy/supervisor/run_directory.hpp"
#include "deploy/supervisor/spawn.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <csignal>
#include <system_error>

#include <poll.h>
#include <sys/wait.h>

using namespace squall::supervisor;

namespace {

launch shell(const squall::tests::scratch_folder& folder, const std::string& script) {
  return {"/bin/sh", {"-c", script}, {{"PATH", "/usr/bin:/bin"}}, folder.path() / "log", -1};
}

/// Waits until it has ended; what it wrote.
std::string output_of(const launch& what) {
  const auto id = spawn(what);
  REQUIRE(::waitpid(id.pid, nullptr, 0) == id.pid);
  return read_file(what.log).value_or("");
}

} // namespace

TEST_CASE("a child writes to its log, behind what is there") {
  const squall::tests::scratch_folder folder;
  CHECK(output_of(shell(folder, "echo out; echo err >&2")) == "out\nerr\n");
  CHECK(output_of(shell(folder, "echo more")) == "out\nerr\nmore\n");
}

TEST_CASE("a child is in a session of its own, and SIGHUP does not end it") {
  const squall::tests::scratch_folder folder;
  CHECK(output_of(shell(folder, "kill -HUP $$; test \"$(ps -o sid= -p $$ | tr -d ' ')\" = $$ && "
                                "echo own")) == "own\n");
}

TEST_CASE("a socket is passed as descriptor 3, with the child's number") {
  const squall::tests::scratch_folder folder;
  const auto socket = listen_on("127.0.0.1:0");
  auto what = shell(folder, "test $LISTEN_PID = $$ && echo $LISTEN_FDS && readlink /proc/$$/fd/3; "
                            "ls /proc/$$/fd | wc -l");
  what.listen_socket = socket.get();
  const auto link = "socket:[" + std::to_string(inode_of(socket)) + "]";
  CHECK(output_of(what) == "1\n" + link + "\n4\n");
}

TEST_CASE("a child that is watched knows within which time it is to say something") {
  const squall::tests::scratch_folder folder;
  auto what = shell(folder, "test \"$WATCHDOG_PID\" = $$ && echo $WATCHDOG_USEC");
  CHECK(output_of(what).empty());
  what.watchdog = std::chrono::seconds(2);
  CHECK(output_of(what) == "2000000\n");
}

TEST_CASE("a program that is not there is told at once") {
  const squall::tests::scratch_folder folder;
  auto what = shell(folder, "");
  what.program = folder.path() / "none";
  CHECK_THROWS_AS(spawn(what), std::system_error);
}

TEST_CASE("a socket can be taken back from a process that has it") {
  const squall::tests::scratch_folder folder;
  auto socket = listen_on("127.0.0.1:0");
  const auto inode = inode_of(socket);
  const auto port = address_of(socket).port;
  auto what = shell(folder, "exec sleep 60");
  what.listen_socket = socket.get();
  const auto id = spawn(what);
  socket = descriptor();
  const auto handle = open_process(id);
  REQUIRE(handle);
  const auto again = take_socket(handle, id.pid, inode);
  send_signal(handle, SIGKILL);
  ::waitpid(id.pid, nullptr, 0);
  REQUIRE(again);
  CHECK(inode_of(again) == inode);
  CHECK(address_of(again).port == port);
}

TEST_CASE("a process is found by a file in its command line") {
  const squall::tests::scratch_folder folder;
  auto what = shell(folder, "exec tail -f \"$0\"");
  what.arguments.push_back(folder.path() / "w-1.toml");
  write_file(what.arguments.back(), "");
  const auto id = spawn(what);
  auto found = commands_with(folder.path());
  while (found.size() == 1 && found.front().words.front() != "tail")
    found = commands_with(folder.path());
  send_signal(open_process(id), SIGKILL);
  ::waitpid(id.pid, nullptr, 0);
  REQUIRE(found.size() == 1);
  CHECK(found.front().id == id);
  CHECK(found.front().words.back() == folder.path() / "w-1.toml");
  CHECK(commands_with(folder.path()).empty());
}

TEST_CASE("a process that has ended is not taken for another") {
  const squall::tests::scratch_folder folder;
  const auto id = spawn(shell(folder, "exit 3"));
  REQUIRE(::waitpid(id.pid, nullptr, 0) == id.pid);
  CHECK_FALSE(identify(id.pid));
  CHECK_FALSE(open_process(id));
  CHECK_FALSE(open_process({::getpid(), 1}));
}

TEST_CASE("an address that is in use is said, with what to do") {
  const auto socket = listen_on("127.0.0.1:0");
  const auto address = to_string(address_of(socket));
  CHECK_THROWS_WITH(listen_on(address), Catch::Matchers::ContainsSubstring(address) &&
                                            Catch::Matchers::ContainsSubstring("ss -ltnp"));
}
