#include "deploy/cli/deployment/background.hpp"

#include "deploy/supervisor/descriptor.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace squall::cli {

namespace {

using supervisor::descriptor;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Ctrl-C is for the child: it drains what it has started, and this process tells its exit code.
exit_code wait_for(pid_t child, const descriptor& reader) {
  std::signal(SIGINT, SIG_IGN);
  char detached = 0;
  ssize_t size = 0;
  while ((size = ::read(reader.get(), &detached, 1)) < 0 && errno == EINTR) {
  }
  if (size == 1) return exit_code::done;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? static_cast<exit_code>(WEXITSTATUS(status)) : exit_code::failed;
}

void leave_terminal(const std::filesystem::path& log) {
  std::cout.flush();
  ::setsid();
  const descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const descriptor to(
      ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!nothing || !to) fail(log);
  ::dup2(nothing.get(), STDIN_FILENO);
  ::dup2(to.get(), STDOUT_FILENO);
  ::dup2(to.get(), STDERR_FILENO);
}

} // namespace

exit_code
run_in_background(const std::function<exit_code(const std::function<void()>& detach)>& body,
                  const std::function<std::filesystem::path()>& log) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  descriptor reader(ends[0]);
  descriptor writer(ends[1]);
  const auto child = ::fork();
  if (child < 0) fail("fork");
  if (child > 0) {
    writer = descriptor();
    return wait_for(child, reader);
  }
  reader = descriptor();
  return body([&] {
    leave_terminal(log());
    const char detached = 1;
    if (::write(writer.get(), &detached, 1) != 1) fail("pipe");
    writer = descriptor();
  });
}

} // namespace squall::cli
