#include "deploy/cli/job/waiter.hpp"

#include "actors/backoff.hpp"
#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/gateway_trust.hpp"
#include "deploy/cli/http_asker.hpp"
#include "deploy/cli/job/api.hpp"
#include "deploy/cli/job/view.hpp"
#include "deploy/cli/problem.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <optional>
#include <random>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::cli {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

constexpr milliseconds long_poll{30'000};
constexpr milliseconds short_poll{1'000}; ///< when somebody looks on
constexpr milliseconds first_pause{100};
constexpr milliseconds longest_pause{2'000};

/// A line on a terminal that is drawn over again and again.
class state_line {
public:
  void show(const std::string& text) {
    if (!terminal_) return;
    std::cerr << '\r' << text.substr(0, room()) << "\x1b[K" << std::flush;
    drawn_ = true;
  }
  void clear() {
    if (std::exchange(drawn_, false)) std::cerr << "\r\x1b[K" << std::flush;
  }
  bool is_seen() const noexcept { return terminal_; }

private:
  /// A line that is broken in two could not be drawn over.
  static std::size_t room() {
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - 1U : std::string::npos;
  }

  const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  bool drawn_ = false;
};

/// One wait; everything happens in `wait_for_jobs`' thread.
class job_waiter {
public:
  explicit job_waiter(const wait_options& options)
      : options_(options), met_(options.met),
        pauses_(first_pause, longest_pause, std::random_device()()) {}

  wait_result run();

private:
  asio::awaitable<void> wait_for_all();
  asio::awaitable<std::optional<std::string>> wait_for_one(std::string id);
  asio::awaitable<std::optional<std::string>> look(std::string id);
  asio::awaitable<void> pause();
  void watch_signals();
  milliseconds left() const;

  const wait_options& options_;
  const clock::time_point deadline_ = clock::now() + options_.timeout;
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGINT, SIGTERM};
  asio::steady_timer timer_{context_};
  http_asker asker_{context_.get_executor(), options_.gateway};
  bool met_;                        ///< the gateway has answered
  std::optional<unreachable> away_; ///< why it does not answer now; none: it does
  actors::backoff pauses_;
  state_line line_;
  wait_result result_;
};

wait_result job_waiter::run() {
  for (const auto& id : options_.ids)
    job_path(id); // before anything is waited for
  watch_signals();
  std::exception_ptr failure;
  asio::co_spawn(context_, wait_for_all(), [&](const std::exception_ptr& error) {
    failure = error;
    signals_.cancel();
  });
  context_.run();
  line_.clear();
  if (failure) std::rethrow_exception(failure);
  return result_;
}

void job_waiter::watch_signals() {
  signals_.async_wait([this](const error_code& error, int) {
    if (error) return;
    result_.end = wait_end::interrupted;
    asker_.cancel();
    timer_.cancel();
  });
}

milliseconds job_waiter::left() const {
  const auto time = std::chrono::ceil<milliseconds>(deadline_ - clock::now());
  return std::max(time, milliseconds{0});
}

asio::awaitable<void> job_waiter::wait_for_all() {
  for (const auto& id : options_.ids) {
    const auto job = co_await wait_for_one(id);
    if (!job) co_return;
    line_.clear();
    ++result_.ended;
    options_.on_end(*job);
  }
}

/// The job when it has ended; nothing when the wait has ended before.
asio::awaitable<std::optional<std::string>> job_waiter::wait_for_one(std::string id) {
  while (true) {
    const auto begun = clock::now();
    const bool polled = met_;
    auto job = co_await look(id);
    if (result_.end == wait_end::interrupted) co_return std::nullopt;
    if (job && read_job(*job).ended()) co_return job;
    if (left() == milliseconds{0}) {
      if (away_) throw unreachable(*away_);
      result_.end = wait_end::time_over;
      co_return std::nullopt;
    }
    if (job) line_.show(render_state(read_job(*job)));
    // A gateway that drains answers sooner than it was asked to.
    if (!job || (polled && clock::now() - begun < short_poll / 2)) co_await pause();
  }
}

/// The job as soon as it has ended, or as it is after a while; nothing when the gateway is away.
asio::awaitable<std::optional<std::string>> job_waiter::look(std::string id) {
  // The first question only meets the gateway.
  const auto poll = !met_ ? milliseconds{0} : line_.is_seen() ? short_poll : long_poll;
  const auto time = std::min(left(), poll);
  const auto rest = "?wait_ms=" + std::to_string(time.count());
  std::optional<unreachable> away;
  std::string why;
  try {
    const http_question question{"GET", job_path(id, rest), {}, {}};
    auto answer = co_await asker_.ask(question, time + answer_margin);
    if (answer.status == 200) {
      if (std::exchange(away_, {})) spdlog::info("the gateway is back");
      met_ = true;
      pauses_.reset();
      co_return std::move(answer.body);
    }
    why = describe_problem(answer);
    if (!met_ || answer.status < 500) throw std::runtime_error(why);
    away.emplace(options_.gateway.origin(), why);
  } catch (const boost::system::system_error& error) {
    if (result_.end == wait_end::interrupted) co_return std::nullopt;
    why = reason_of(error);
    away = not_reached(options_.gateway, error);
    if (!met_) throw unreachable(*away);
  }
  if (!away_) {
    line_.clear();
    spdlog::warn("{}; waiting until that is over", why);
  }
  away_ = away;
  co_return std::nullopt;
}

asio::awaitable<void> job_waiter::pause() {
  error_code ended_early;
  timer_.expires_after(std::min(pauses_.next(), left()));
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended_early));
}

} // namespace

wait_result wait_for_jobs(const wait_options& options) {
  return job_waiter(options).run();
}

} // namespace squall::cli
