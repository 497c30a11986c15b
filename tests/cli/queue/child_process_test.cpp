#include "deploy/cli/queue/child_process.hpp"

#include "deploy/cli/process_setup.hpp"
#include "tests/support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <csignal>
#include <functional>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace squall::cli;
namespace asio = boost::asio;

namespace {

using begun = std::function<void(child_process&)>;

/// Runs a command to its end.
command_end run(const std::string& command, const std::string& input = "",
                const child_process::variables& added = {}, const begun& then = {}) {
  ignore_broken_pipes();
  asio::io_context context(1);
  const auto child = child_process::start(context.get_executor(), command, added);
  auto end = asio::co_spawn(context, child->finish(input), asio::use_future);
  if (then) asio::post(context, [&] { then(*child); });
  context.run();
  return end.get();
}

} // namespace

TEST_CASE("a command gets its input, then the end of it") {
  CHECK(run("test \"$(cat)\" = '{\"n\":97}'", "{\"n\":97}\n").succeeded());
}

TEST_CASE("a command that reads nothing of a large input is not disturbed by it") {
  CHECK(run("exit 0", std::string(8'000'000, 'x')).succeeded());
  CHECK(run("head -c 1 >/dev/null", std::string(8'000'000, 'x')).succeeded());
}

TEST_CASE("input is data, whatever stands in it") {
  CHECK(run("read -r line; test \"$line\" = '$(exit 9); `false`'", "$(exit 9); `false`\n")
            .succeeded());
}

TEST_CASE("a command's environment is ours with additions") {
  ::setenv("SQUALL_ITEM_ID", "old", 1);
  const auto end = run("test \"$SQUALL_ITEM_ID\" = '7 8' && test -n \"$PATH\" && "
                       "test $(env | grep -c SQUALL_ITEM_ID) = 1",
                       "", {{"SQUALL_ITEM_ID", "7 8"}});
  ::unsetenv("SQUALL_ITEM_ID");
  CHECK(end.succeeded());
}

TEST_CASE("a command has no descriptor but the three, and meets broken pipes as anyone") {
  const int open = ::fcntl(STDIN_FILENO, F_DUPFD, 50); // without FD_CLOEXEC
  REQUIRE(open >= 50);
  CHECK(run("for fd in /proc/self/fd/*; do test ${fd##*/} -ge 50 && exit 1; done; exit 0")
            .succeeded());
  ::close(open);
  CHECK(WTERMSIG(run("kill -PIPE $$").status) == SIGPIPE);
}

TEST_CASE("how a command ended is said with what it complained of") {
  CHECK(describe_end(run("exit 3")) == "exit code 3");
  CHECK(describe_end(run("echo 'no such file' >&2; exit 4")) == "exit code 4: no such file");
  CHECK(describe_end(run("kill -9 $$")) == "killed by signal 9");
  CHECK(describe_end(run("/no/such/command")).starts_with("exit code 127: "));
}

TEST_CASE("the complaint is its last 200 bytes, whole characters of them") {
  const std::string many(150, 'a');
  std::string umlauts;
  for (int i = 0; i < 150; ++i)
    umlauts += "\xc3\xa4";
  CHECK(describe_end({1 << 8, many + many}) == "exit code 1: " + std::string(200, 'a'));
  CHECK(describe_end({1 << 8, umlauts + "x"}) == "exit code 1: " + umlauts.substr(102) + "x");
  CHECK(describe_end({1 << 8, " \n"}) == "exit code 1");
}

TEST_CASE("a command that leaves somebody behind with its stderr has ended all the same") {
  CHECK(run("sleep 5 >/dev/null & exit 0").succeeded());
}

TEST_CASE("terminating a command ends what it started too") {
  const auto end = run("sleep 60; exit 0", "", {}, [](child_process& child) { child.terminate(); });
  CHECK(WTERMSIG(end.status) == SIGTERM);
}

TEST_CASE("a command that does not listen is killed") {
  const auto begin = std::chrono::steady_clock::now();
  ignore_broken_pipes();
  asio::io_context context(1);
  const auto child = child_process::start(
      context.get_executor(), "trap '' TERM; echo ready >&2; while :; do sleep 1; done", {});
  auto end = asio::co_spawn(context, child->finish(""), asio::use_future);
  asio::steady_timer trapped(context, std::chrono::milliseconds(500));
  trapped.async_wait([&child](const boost::system::error_code&) { child->terminate(); });
  context.run();
  CHECK(WTERMSIG(end.get().status) == SIGKILL);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::seconds(5));
}
