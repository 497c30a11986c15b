#include "deploy/supervisor/spawn.hpp"

#include "deploy/supervisor/descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace squall::supervisor {

namespace {

constexpr int first_passed = 3; // as sd_listen_fds(3) has it
constexpr std::array<std::string_view, 2> pid_entries{"LISTEN_PID=", "WATCHDOG_PID="};
constexpr std::size_t most_digits = 20;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// All that the child needs, made ready before it is there: between fork and exec it may call
/// nothing but what is async-signal-safe.
struct prepared {
  explicit prepared(const launch& what) : program(what.program) {
    words.push_back(program);
    words.insert(words.end(), what.arguments.begin(), what.arguments.end());
    for (const auto& [name, value] : what.environment)
      variables.emplace_back(name).append("=").append(value);
    if (what.listen_socket >= 0) {
      variables.emplace_back("LISTEN_FDS=1");
      variables.emplace_back(pid_entries[0]);
    }
    if (what.watchdog.count() > 0) {
      variables.emplace_back("WATCHDOG_USEC=").append(std::to_string(what.watchdog.count()));
      variables.emplace_back(pid_entries[1]);
    }
    for (auto& word : words)
      arguments.push_back(word.data());
    arguments.push_back(nullptr);
    for (auto& variable : variables) {
      const auto size = variable.size();
      const bool wants_pid = std::ranges::find(pid_entries, variable) != pid_entries.end();
      if (wants_pid) variable.append(most_digits, '\0');
      entries.push_back(variable.data());
      if (wants_pid) pid_digits.push_back(variable.data() + size);
    }
    entries.push_back(nullptr);
  }

  std::string program;
  std::vector<std::string> words;
  std::vector<std::string> variables;
  std::vector<char*> arguments;
  std::vector<char*> entries;
  std::vector<char*> pid_digits; ///< places for the number of the child
};

void write_pid(char* to) noexcept {
  std::array<char, most_digits> digits{};
  std::size_t size = 0;
  for (auto pid = ::getpid(); pid > 0; pid /= 10)
    digits[size++] = static_cast<char>('0' + pid % 10);
  while (size > 0)
    *to++ = digits[--size];
  *to = '\0';
}

/// The child between fork and exec. Why it failed goes to `report`.
[[noreturn]] void become(const prepared& what, int nothing, int log, int socket,
                         int report) noexcept {
  ::setsid();
  ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0); // fails where nothing forbids it: Yama only
  const bool dressed = ::dup2(nothing, STDIN_FILENO) >= 0 && ::dup2(log, STDOUT_FILENO) >= 0 &&
                       ::dup2(log, STDERR_FILENO) >= 0 &&
                       (socket < 0 || socket == first_passed || ::dup2(socket, first_passed) >= 0);
  if (dressed) {
    if (socket == first_passed) ::fcntl(first_passed, F_SETFD, 0);
    // Asio's own descriptors are not closed at exec by themselves.
    ::syscall(SYS_close_range, first_passed + (socket >= 0 ? 1 : 0), ~0U, CLOSE_RANGE_CLOEXEC);
    for (auto* place : what.pid_digits)
      write_pid(place);
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number)
      ::sigaction(number, &usual, nullptr);
    // Until the program has said what it does at SIGHUP, that must not end it.
    usual.sa_handler = SIG_IGN;
    ::sigaction(SIGHUP, &usual, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(what.program.c_str(), what.arguments.data(), what.entries.data());
  }
  const int why = errno;
  [[maybe_unused]] const auto told = ::write(report, &why, sizeof why);
  ::_exit(127);
}

/// The same file, where the child's descriptor for a passed socket does not overwrite it.
descriptor above_passed(int number, const std::string& what) {
  const descriptor low(number);
  if (!low) fail(what);
  descriptor high(::fcntl(number, F_DUPFD_CLOEXEC, first_passed + 1));
  if (!high) fail(what);
  return high;
}

} // namespace

std::map<std::string, std::string> inherited_environment() {
  constexpr std::array<std::string_view, 6> ours{"LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES",
                                                 "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};
  std::map<std::string, std::string> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto name = text.substr(0, text.find('='));
    if (name.size() == text.size() || name.starts_with("SQUALL_")) continue;
    if (std::ranges::find(ours, name) != ours.end()) continue;
    kept.emplace(name, text.substr(name.size() + 1));
  }
  return kept;
}

process_id spawn(const launch& what) {
  const prepared ready(what);
  const auto nothing = above_passed(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
  const auto log = above_passed(
      ::open(what.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR),
      what.log);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  const descriptor reader(ends[0]);
  auto report = above_passed(ends[1], "pipe");
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before); // until the child has put handlers away
  const auto pid = ::fork();
  if (pid == 0) become(ready, nothing.get(), log.get(), what.listen_socket, report.get());
  int why = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) throw std::system_error(why, std::generic_category(), "fork");
  report = descriptor(); // exec closes the child's, or the child says why there was none
  if (::read(reader.get(), &why, sizeof why) == sizeof why) {
    ::waitpid(pid, nullptr, 0);
    throw std::system_error(why, std::generic_category(), what.program);
  }
  return identify_child(pid);
}

} // namespace squall::supervisor
