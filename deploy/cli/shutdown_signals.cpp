#include "deploy/cli/shutdown_signals.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

namespace squall::cli {

struct shutdown_signals::parts {
  explicit parts(std::function<void()> on_first) : on_first_(std::move(on_first)) {
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
    on_first_();
  }

  std::function<void()> on_first_;
  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_{context_, SIGINT, SIGTERM};
  std::thread thread_;
};

shutdown_signals::shutdown_signals(std::function<void()> on_first)
    : parts_(std::make_unique<parts>(std::move(on_first))) {}

shutdown_signals::~shutdown_signals() = default;

} // namespace squall::cli
