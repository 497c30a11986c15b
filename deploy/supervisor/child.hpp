#pragma once

#include "deploy/supervisor/notify_socket.hpp"
#include "deploy/supervisor/plan.hpp"
#include "deploy/supervisor/process_handle.hpp"
#include "deploy/supervisor/watchdog.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace squall::supervisor {

/// In this order, none is passed twice.
enum class child_state { starting, ready, draining, ended };

/// One process that is supervised: a child of this process, or one that another supervisor left.
/// Owned by the supervisor and by what waits for it; used on its executor's thread alone. It goes
/// on when this object goes.
class child : public std::enable_shared_from_this<child> {
public:
  using clock = std::chrono::steady_clock;

  /// \param handle as `open_process` gives it \param log_begin where in its log it began
  /// \param silence how long it may say nothing once it is ready, or says that it is alive
  child(const boost::asio::any_io_executor& executor, process_spec spec, process_id id,
        descriptor handle, child_state state, std::uintmax_t log_begin, watchdog silence);

  const process_spec& spec() const noexcept { return spec_; }
  const process_id& id() const noexcept { return id_; }
  child_state state() const noexcept { return state_; }
  /// What it said last of how it is.
  const std::string& status() const noexcept { return status_; }
  std::uintmax_t log_begin() const noexcept { return log_begin_; }
  std::chrono::milliseconds age() const;
  /// From its start until it was ready.
  std::chrono::milliseconds start_time() const;
  clock::time_point ready_at() const noexcept { return ready_at_; }
  /// As of waitpid(2); nothing for one that is another's child.
  std::optional<int> end() const noexcept { return end_; }

  /// It runs as this says from now on.
  void change(process_spec spec) { spec_ = std::move(spec); }
  /// What it said of itself.
  void hear(const notice& what);
  /// How long it may say nothing; 0: it was not asked to say anything.
  std::chrono::milliseconds patience() const noexcept { return silence_.limit(); }
  /// Time went by. Says once that it was silent for too long, while it was ready, or was starting
  /// and had said already that it is alive.
  bool pass(std::chrono::milliseconds time) noexcept {
    const bool counts =
        state_ == child_state::ready || (state_ == child_state::starting && has_spoken_);
    return counts && silence_.pass(time);
  }
  void signal(int number) noexcept { send_signal(handle_, number); }
  /// SIGTERM; it is on its way out.
  void drain();

  /// Waits until it has come so far; false when the time is over before.
  boost::asio::awaitable<bool> until(child_state wanted, clock::time_point deadline);
  /// SIGHUP. Gives what it says of it, as of `reload_variable`; nothing when it ends, or says
  /// nothing in time. One at a time.
  boost::asio::awaitable<std::optional<std::string>> reload(clock::time_point deadline);
  /// Waits until it has ended, and says so to all others that wait. Once.
  boost::asio::awaitable<void> watch();

private:
  void enter(child_state next);
  void wake_all();

  process_spec spec_;
  process_id id_;
  descriptor handle_;
  boost::asio::posix::stream_descriptor ended_;
  child_state state_;
  std::uintmax_t log_begin_;
  watchdog silence_;
  bool has_spoken_ = false; ///< of being alive
  std::string status_;
  bool reloads_ = false; ///< it has said since `reload` that it begins
  std::optional<std::string> reload_said_;
  clock::time_point started_ = clock::now();
  clock::time_point ready_at_ = started_;
  std::optional<int> end_;
  std::vector<boost::asio::steady_timer*> waiting_;
};

/// `exit code 2`, `killed by signal 9 (Killed)`, or nothing certain. For people.
std::string describe_end(const std::optional<int>& end);

} // namespace squall::supervisor
