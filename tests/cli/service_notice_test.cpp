#include "deploy/cli/service_notice.hpp"

#include "tests/support/catch.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace squall;
using namespace std::chrono_literals;

namespace {

/// The service manager's socket, without a file: an abstract one. Takes its variables back at the
/// end.
class manager {
public:
  manager() {
    const auto name = "squall-notice-test-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, sizeof address.sun_path - 2);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~manager() {
    for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
      ::unsetenv(name);
    ::close(socket_);
  }
  manager(const manager&) = delete;
  manager& operator=(const manager&) = delete;

  /// All that has come.
  std::vector<std::string> heard() const {
    std::vector<std::string> messages;
    char text[256];
    for (;;) {
      const auto size = ::recv(socket_, text, sizeof text, MSG_DONTWAIT);
      if (size < 0) return messages;
      messages.emplace_back(text, static_cast<std::size_t>(size));
    }
  }

private:
  int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

/// Tells more than fits in a socket that nobody reads.
void fill(cli::service_notice& notice) {
  for (int told = 0; told < 2'000; ++told)
    notice.status(std::to_string(told));
}

} // namespace

TEST_CASE("a service manager hears once that a process is ready, and what is new") {
  const manager at;
  cli::service_notice notice;
  CHECK(notice.is_wanted());
  notice.status("early");
  notice.ready("joined 1");
  notice.ready("joined 1");
  notice.ready("joined 2");
  notice.status("joined 2");
  CHECK(at.heard() ==
        std::vector<std::string>{"STATUS=early", "READY=1\nSTATUS=joined 1", "STATUS=joined 2"});
}

TEST_CASE("a service manager hears nothing but a heartbeat behind the end's beginning") {
  const manager at;
  cli::service_notice notice;
  notice.stopping();
  notice.stopping();
  notice.ready("late");
  notice.status("late");
  notice.alive();
  CHECK(at.heard() == std::vector<std::string>{"STOPPING=1\nSTATUS=draining", "WATCHDOG=1"});
}

TEST_CASE(
    "the heartbeat is four times as fast as it has to be, when one is wanted of this process") {
  const manager at;
  CHECK(cli::service_notice().alive_every() == 0ms);
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  CHECK(cli::service_notice().alive_every() == 750ms);
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK(cli::service_notice().alive_every() == 0ms);
}

TEST_CASE("a service manager hears when settings are read again, and how that ended") {
  const manager at;
  cli::service_notice notice;
  notice.ready("joined 1");
  CHECK(at.heard().size() == 1);
  notice.reloading();
  notice.reloaded("");
  notice.reloaded("one\ntwo");
  const auto heard = at.heard();
  REQUIRE(heard.size() == 3);
  CHECK(heard[0].starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(heard[1] == "READY=1\nSQUALL_RELOAD=done");
  CHECK(heard[2] == "READY=1\nSQUALL_RELOAD=refused: one two");
}

TEST_CASE("a process that is not ready yet is not so by reading its settings again") {
  const manager at;
  cli::service_notice notice;
  notice.reloaded("");
  CHECK(at.heard() == std::vector<std::string>{"SQUALL_RELOAD=done"});
}

TEST_CASE("a sign of life waits until there is room for it") {
  const manager at;
  cli::service_notice notice;
  fill(notice);
  std::jthread tells([&notice] { notice.alive(); });
  std::vector<std::string> heard;
  while (heard.empty() || heard.back() != "WATCHDOG=1") {
    const auto more = at.heard();
    heard.insert(heard.end(), more.begin(), more.end());
  }
  CHECK(heard.size() > 1);
}

TEST_CASE("a sign of life needs no descriptor that is free") {
  const manager at;
  cli::service_notice notice;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{3, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  notice.alive();
  CHECK(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(at.heard() == std::vector<std::string>{"WATCHDOG=1"});
}

TEST_CASE(
    "a service manager that does not listen now stops nobody, and hears the last status later") {
  const manager at;
  cli::service_notice notice;
  fill(notice);
  notice.alive();
  CHECK(at.heard().size() < 2'000);
  notice.status("last");
  CHECK(at.heard() == std::vector<std::string>{"STATUS=last"});
}

TEST_CASE("without a service manager nothing is told") {
  cli::service_notice notice;
  CHECK(!notice.is_wanted());
  notice.ready("ready");
  notice.stopping();
}
