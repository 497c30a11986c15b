#include "deploy/cli/queue/child_process.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t shown = 200;   // bytes of stderr
constexpr std::size_t max_rest = 64; // reads of what is left when the command has ended
constexpr std::chrono::seconds patience{5};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// A descriptor that is closed at exec, and with its owner.
struct owned {
  int fd = -1;
  owned() = default;
  explicit owned(int descriptor) : fd(descriptor) {}
  owned(owned&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  owned& operator=(owned&& other) noexcept {
    std::swap(fd, other.fd);
    return *this;
  }
  ~owned() {
    if (fd >= 0) ::close(fd);
  }
  int give() noexcept { return std::exchange(fd, -1); }
};

struct pipe_ends {
  owned reader;
  owned writer;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  return {owned(ends[0]), owned(ends[1])};
}

/// This process's variables with `added` in the place of those of the same name.
std::vector<std::string> environment_with(const child_process::variables& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto replaced = [name = text.substr(0, text.find('='))](const auto& variable) {
      return variable.first == name;
    };
    if (std::none_of(added.begin(), added.end(), replaced)) all.emplace_back(text);
  }
  for (const auto& [name, value] : added)
    all.emplace_back(name).append("=").append(value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// The child between fork and exec: calls nothing that is not async-signal-safe.
[[noreturn]] void become(char* const* arguments, char* const* variables, int input, int errors,
                         pid_t parent) noexcept {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127); // it died before that
  if (::dup2(input, STDIN_FILENO) < 0 || ::dup2(errors, STDERR_FILENO) < 0) ::_exit(127);
  // Asio's sockets are not closed at exec by themselves.
  ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
  // A handler of ours would speak for this process: it must not run before exec has removed it.
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction now {};
    const bool known = ::sigaction(number, nullptr, &now) == 0;
    if (known && (now.sa_handler != SIG_IGN || number == SIGPIPE)) std::signal(number, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(arguments[0], arguments, variables);
  ::_exit(127);
}

/// Writes as much as can be written, as the command would have done itself.
void pass_on(std::string_view text) {
  while (!text.empty()) {
    const auto size = ::write(STDERR_FILENO, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

} // namespace

std::string describe_end(const command_end& end) {
  std::string text = WIFSIGNALED(end.status)
                         ? "killed by signal " + std::to_string(WTERMSIG(end.status))
                         : "exit code " + std::to_string(WEXITSTATUS(end.status));
  std::string_view tail = end.last_of_stderr;
  if (tail.size() > shown) tail.remove_prefix(tail.size() - shown);
  // A character of UTF-8 that was cut in two is left out.
  while (!tail.empty() && (static_cast<unsigned char>(tail.front()) & 0xc0) == 0x80)
    tail.remove_prefix(1);
  constexpr std::string_view space = " \t\r\n";
  const auto first = tail.find_first_not_of(space);
  if (first == std::string_view::npos) return text;
  tail = tail.substr(first, tail.find_last_not_of(space) - first + 1);
  return text.append(": ").append(tail);
}

struct child_process::descriptors {
  owned exited;
  owned input;
  owned errors;
};

std::shared_ptr<child_process> child_process::start(const asio::any_io_executor& executor,
                                                    const std::string& command,
                                                    const variables& added) {
  auto input = make_pipe();
  auto errors = make_pipe();
  std::vector<std::string> words{"/bin/sh", "-c", command};
  auto environment = environment_with(added);
  const auto arguments = pointers_to(words);
  const auto pairs = pointers_to(environment);
  const auto parent = ::getpid();
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before); // until the child has put handlers away
  const auto pid = ::fork();
  const auto why = errno;
  if (pid == 0) {
    become(arguments.data(), pairs.data(), input.reader.fd, errors.writer.fd, parent);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = why;
  if (pid < 0) fail("fork");
  ::setpgid(pid, pid); // whichever of the two is first
  owned exited(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (exited.fd < 0) {
    const auto unseen = errno;
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    throw std::system_error(unseen, std::generic_category(), "pidfd_open");
  }
  return std::shared_ptr<child_process>(new child_process(
      executor, pid, {std::move(exited), std::move(input.writer), std::move(errors.reader)}));
}

child_process::child_process(const asio::any_io_executor& executor, pid_t pid, descriptors ends)
    : pid_(pid), exited_(executor, ends.exited.give()), stdin_(executor, ends.input.give()),
      stderr_(executor, ends.errors.give()), patience_(executor) {
  stdin_.non_blocking(true);
  stderr_.non_blocking(true);
}

child_process::~child_process() {
  if (pid_ == 0) return;
  kill();
  ::waitpid(pid_, nullptr, 0);
}

asio::awaitable<command_end> child_process::finish(std::string input) {
  const auto self = shared_from_this();
  input_ = std::move(input);
  write_input();
  read_stderr();
  command_end end;
  // A descriptor that was closed before can wake the one that has its number now.
  do {
    co_await exited_.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
  } while (::waitpid(pid_, &end.status, WNOHANG) == 0);
  pid_ = 0;
  patience_.cancel();
  stdin_.close();
  // What it left in the background may hold stderr open for long: only what is there counts.
  for (std::size_t i = 0; i < max_rest && drain_stderr(); ++i) {
  }
  stderr_.close();
  end.last_of_stderr = std::move(tail_);
  co_return end;
}

/// A command that does not read all of its input is none of our business.
void child_process::write_input() {
  asio::async_write(stdin_, asio::buffer(input_),
                    [self = shared_from_this()](const boost::system::error_code&, std::size_t) {
                      boost::system::error_code ignored;
                      self->stdin_.close(ignored);
                    });
}

void child_process::read_stderr() {
  stderr_.async_wait(asio::posix::descriptor_base::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!error && self->drain_stderr()) self->read_stderr();
                     });
}

/// Passes on what is there. False when nothing more will come.
bool child_process::drain_stderr() {
  std::array<char, 16 * 1024> buffer;
  if (!stderr_.is_open()) return false;
  const auto size = ::read(stderr_.native_handle(), buffer.data(), buffer.size());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return pid_ != 0;
  if (size <= 0) return false;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(size));
  pass_on(text);
  tail_.append(text);
  if (tail_.size() > shown) tail_.erase(0, tail_.size() - shown);
  return true;
}

void child_process::terminate() {
  if (pid_ == 0) return;
  signal_group(SIGTERM);
  patience_.expires_after(patience);
  patience_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->kill();
  });
}

void child_process::kill() noexcept {
  signal_group(SIGKILL);
}

void child_process::signal_group(int number) const noexcept {
  if (pid_ != 0) ::kill(-pid_, number);
}

} // namespace squall::cli
