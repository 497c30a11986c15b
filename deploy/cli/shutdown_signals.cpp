#include "deploy/cli/shutdown_signals.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

namespace squall::cli {

struct shutdown_signals::parts {
  parts(std::function<void()> on_first, std::optional<std::chrono::milliseconds> limit,
        std::function<void()> on_hangup)
      : on_first_(std::move(on_first)), limit_(limit), on_hangup_(std::move(on_hangup)) {
    if (on_hangup_) {
      hangups_.add(SIGHUP);
      await_hangup();
    }
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) first();
    });
    thread_ = std::thread([this] { context_.run(); });
  }

  ~parts() {
    context_.stop();
    thread_.join();
  }

  void first() {
    spdlog::info("draining; a second signal ends the process at once");
    signals_.async_wait([](const boost::system::error_code& error, int) {
      if (!error) std::_Exit(EXIT_FAILURE);
    });
    if (limit_) end_after(*limit_);
    on_first_();
  }

  void await_hangup() {
    hangups_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      on_hangup_();
      await_hangup();
    });
  }

  void end_after(std::chrono::milliseconds time) {
    deadline_.expires_after(time);
    deadline_.async_wait([](const boost::system::error_code& error) {
      if (error) return;
      spdlog::warn("the drain timeout has passed; leaving what still runs");
      spdlog::shutdown();
      std::_Exit(EXIT_FAILURE);
    });
  }

  std::function<void()> on_first_;
  std::optional<std::chrono::milliseconds> limit_;
  std::function<void()> on_hangup_;
  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_{context_, SIGINT, SIGTERM};
  boost::asio::signal_set hangups_{context_};
  boost::asio::steady_timer deadline_{context_};
  std::thread thread_;
};

shutdown_signals::shutdown_signals(std::function<void()> on_first,
                                   std::optional<std::chrono::milliseconds> limit,
                                   std::function<void()> on_hangup)
    : parts_(std::make_unique<parts>(std::move(on_first), limit, std::move(on_hangup))) {}

shutdown_signals::~shutdown_signals() = default;

} // namespace squall::cli
