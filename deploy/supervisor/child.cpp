#include "deploy/supervisor/child.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/wait.h>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::supervisor {

namespace asio = boost::asio;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

int copy_of(const descriptor& handle) {
  const int copy = ::fcntl(handle.get(), F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "pidfd");
  return copy;
}

} // namespace

child::child(const asio::any_io_executor& executor, process_spec spec, process_id id,
             descriptor handle, child_state state, std::uintmax_t log_begin, watchdog silence)
    : spec_(std::move(spec)), id_(id), handle_(std::move(handle)),
      ended_(executor, copy_of(handle_)), state_(state), log_begin_(log_begin), silence_(silence) {}

milliseconds child::age() const {
  return duration_cast<milliseconds>(clock::now() - started_);
}

milliseconds child::start_time() const {
  return duration_cast<milliseconds>(ready_at_ - started_);
}

void child::hear(const notice& what) {
  const auto status = what.values.find("STATUS");
  if (status != what.values.end()) status_ = status->second;
  if (what.values.contains("WATCHDOG")) {
    silence_.heard();
    has_spoken_ = true;
  }
  if (what.values.contains("RELOADING")) reloads_ = true;
  const auto reloaded = what.values.find(reload_variable);
  if (reloaded != what.values.end() && reloads_) { // not what is said of a SIGHUP before
    reload_said_ = reloaded->second;
    wake_all();
  }
  if (what.values.contains("READY") && state_ == child_state::starting) {
    ready_at_ = clock::now();
    enter(child_state::ready);
  }
}

void child::drain() {
  if (state_ >= child_state::draining) return;
  enter(child_state::draining);
  signal(SIGTERM);
}

void child::enter(child_state next) {
  if (next <= state_) return;
  state_ = next;
  wake_all();
}

void child::wake_all() {
  for (auto* timer : waiting_)
    timer->cancel();
}

asio::awaitable<std::optional<std::string>> child::reload(clock::time_point deadline) {
  const auto self = shared_from_this();
  reload_said_.reset();
  reloads_ = false;
  signal(SIGHUP);
  asio::steady_timer timer(ended_.get_executor());
  waiting_.push_back(&timer);
  while (!reload_said_ && state_ < child_state::draining && clock::now() < deadline) {
    timer.expires_at(deadline);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  std::erase(waiting_, &timer);
  co_return reload_said_;
}

asio::awaitable<bool> child::until(child_state wanted, clock::time_point deadline) {
  const auto self = shared_from_this();
  asio::steady_timer timer(ended_.get_executor());
  waiting_.push_back(&timer);
  while (state_ < wanted && clock::now() < deadline) {
    timer.expires_at(deadline);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  std::erase(waiting_, &timer);
  co_return state_ >= wanted;
}

asio::awaitable<void> child::watch() {
  const auto self = shared_from_this();
  while (true) {
    co_await ended_.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
    int status = 0;
    const auto pid = ::waitpid(id_.pid, &status, WNOHANG);
    if (pid == 0) continue; // a descriptor that was closed before can wake the one of its number
    if (pid == id_.pid) end_ = status;
    if (pid > 0 || identify(id_.pid) != id_) break;
  }
  ended_.close();
  enter(child_state::ended);
}

std::string describe_end(const std::optional<int>& end) {
  if (!end) return "its exit code went to who started it";
  if (WIFSIGNALED(*end))
    return "killed by signal " + std::to_string(WTERMSIG(*end)) + " (" +
           ::strsignal(WTERMSIG(*end)) + ")";
  return "exit code " + std::to_string(WEXITSTATUS(*end));
}

} // namespace squall::supervisor
