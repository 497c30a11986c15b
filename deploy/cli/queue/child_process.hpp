#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace squall::cli {

/// How a command ended.
struct command_end {
  int status = 0;             ///< as of waitpid(2)
  std::string last_of_stderr; ///< its last bytes

  bool succeeded() const noexcept { return status == 0; }
};

/// `exit code 3: no such file` or `killed by signal 9: ...`, for people. At most the last 200 bytes
/// of stderr, without the space around them.
std::string describe_end(const command_end& end);

/// A command that /bin/sh -c runs, in a process group of its own, so that a Ctrl-C at the terminal
/// does not reach it; it is ended with SIGTERM when this process dies. Its stdout is this
/// process's, its stderr goes there too. Owned by whoever runs it and by its own operations; used
/// on its executor's thread alone, which must be the thread that lives as long as the process.
class child_process : public std::enable_shared_from_this<child_process> {
public:
  using variables = std::vector<std::pair<std::string, std::string>>;

  /// Starts `command` with `added` to this process's environment. Throws `std::system_error`.
  static std::shared_ptr<child_process> start(const boost::asio::any_io_executor& executor,
                                              const std::string& command, const variables& added);
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// Gives it `input` and the end of its stdin, and waits until it has ended. Once.
  boost::asio::awaitable<command_end> finish(std::string input);

  /// Ends it and what it started: SIGTERM now, SIGKILL 5 s later.
  void terminate();
  /// SIGKILL now.
  void kill() noexcept;

private:
  struct descriptors;
  child_process(const boost::asio::any_io_executor& executor, pid_t pid, descriptors ends);

  void write_input();
  void read_stderr();
  bool drain_stderr();
  void signal_group(int number) const noexcept;

  pid_t pid_; ///< 0: has ended and was waited for
  boost::asio::posix::stream_descriptor exited_;
  boost::asio::posix::stream_descriptor stdin_;
  boost::asio::posix::stream_descriptor stderr_;
  boost::asio::steady_timer patience_;
  std::string input_;
  std::string tail_;
};

} // namespace squall::cli
