#include "deploy/supervisor/supervise.hpp"

#include "deploy/supervisor/control_server.hpp"
#include "deploy/supervisor/watchdog.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <stdexcept>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::supervisor {

namespace asio = boost::asio;

namespace {

/// Between two looks at who is silent.
constexpr std::chrono::milliseconds least_look{10};
constexpr std::chrono::milliseconds most_look{1'000};

/// All that is there while a deployment is supervised. One thread.
class session {
public:
  explicit session(supervision what)
      : what_(std::move(what)), served_(context_.get_executor(), what_.options),
        notices_(context_, open_notify_socket(what_.options.place.notify()).release()),
        signals_(context_, SIGINT, SIGTERM, SIGHUP) {}

  bool run() {
    taken_over_ = served_.take_over(what_.tell);
    asio::co_spawn(context_, listen(), asio::detached);
    asio::co_spawn(context_, look_for_silence(), asio::detached);
    asio::co_spawn(context_, bring_up(), [this](const std::exception_ptr& error) {
      failure_ = error;
      if (error) context_.stop();
    });
    asio::co_spawn(context_, heed_signals(), asio::detached);
    context_.run();
    if (failure_) std::rethrow_exception(failure_);
    if (interrupted_ && !up_) what_.tell("it was stopped before all of it was up");
    return well_ && up_;
  }

private:
  asio::awaitable<void> listen() {
    while (true) {
      co_await notices_.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
      hear_all();
    }
  }

  void hear_all() {
    while (const auto next = receive_notice(notices_.native_handle()))
      served_.hear(*next);
  }

  asio::awaitable<void> look_for_silence() {
    asio::steady_timer timer(context_);
    own_time time(own_time::clock::now());
    while (true) {
      const auto patience = served_.least_patience();
      const auto interval =
          patience.count() > 0 ? std::clamp(patience / 10, least_look, most_look) : most_look;
      timer.expires_after(interval);
      co_await timer.async_wait(asio::use_awaitable);
      hear_all(); // also what was said while this process stood still
      served_.look_for_silence(time.pass(own_time::clock::now(), interval));
    }
  }

  asio::awaitable<void> bring_up() {
    const bool up = co_await served_.apply(what_.wanted, what_.tell);
    if (served_.is_stopping()) co_return; // whoever stops it sees to its end
    if (!up && taken_over_)
      what_.tell("not all is as the manifest says; what ran before goes on, and squall apply tries "
                 "again");
    if (up || taken_over_) {
      up_ = true;
      what_.on_up(served_.urls());
      co_await scale_while_up();
      co_return;
    }
    what_.tell("not all could be started; stopping the rest");
    well_ = false;
    co_await stop(reporter());
  }

  asio::awaitable<void> scale_while_up() {
    asio::steady_timer timer(context_);
    while (!served_.is_stopping()) {
      timer.expires_after(std::chrono::seconds(1));
      co_await timer.async_wait(asio::use_awaitable);
      co_await served_.rescale(what_.tell);
    }
  }

  /// As the run of a command, or because of a signal.
  asio::awaitable<bool> stop(reporter tell) {
    const reporter both = [this, &tell](const std::string& line) {
      what_.tell(line);
      tell(line);
    };
    const bool is_own = !tell;
    const bool well = co_await served_.stop(is_own ? what_.tell : both);
    well_ = well_ && well;
    asio::post(context_, [this] { context_.stop(); }); // behind the answer to whoever asked
    co_return well;
  }

  asio::awaitable<void> heed_signals() {
    co_await signals_.async_wait(asio::use_awaitable);
    asio::co_spawn(context_, end_at_second(), asio::detached);
    if (served_.is_stopping()) co_return;
    interrupted_ = true;
    what_.tell("draining; a second signal ends all at once");
    co_await stop(reporter());
  }

  asio::awaitable<void> end_at_second() {
    co_await signals_.async_wait(asio::use_awaitable);
    what_.tell("ending all at once");
    served_.kill();
    well_ = false;
    context_.stop();
  }

  supervision what_;
  asio::io_context context_{1};
  supervisor served_;
  asio::posix::stream_descriptor notices_;
  asio::signal_set signals_;
  control_server control_{context_.get_executor(), what_.options.place, served_,
                          [this](const reporter& tell) { return stop(tell); }};
  bool taken_over_ = false;
  bool up_ = false;
  bool interrupted_ = false;
  bool well_ = true;
  std::exception_ptr failure_;
};

} // namespace

bool supervise(supervision what) {
  return session(std::move(what)).run();
}

bool take_down(supervisor_options options, const reporter& tell) {
  asio::io_context context{1};
  supervisor left(context.get_executor(), std::move(options));
  left.take_over([](const std::string&) {});
  bool well = false;
  asio::co_spawn(context, left.stop(tell), [&](const std::exception_ptr&, bool ended_well) {
    well = ended_well;
    context.stop();
  });
  context.run();
  return well;
}

} // namespace squall::supervisor
