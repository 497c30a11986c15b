#include "gateway/process_end.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdlib>
#include <semaphore>
#include <thread>

namespace squall::gateway {

struct process_end::parts {
  parts() {
    signals.async_wait([this](const boost::system::error_code& ec, int) {
      if (!ec) first();
    });
    thread = std::thread{[this] { context.run(); }};
  }

  ~parts() {
    context.stop();
    thread.join();
  }

  void first() {
    spdlog::info("draining; a second signal ends the process at once");
    signals.async_wait([](const boost::system::error_code& ec, int) {
      if (!ec) std::_Exit(EXIT_FAILURE);
    });
    told.release();
  }

  void limit(std::chrono::milliseconds time) {
    deadline.expires_after(time);
    deadline.async_wait([](const boost::system::error_code& ec) {
      if (ec) return;
      spdlog::warn("the drain timeout has passed; leaving what still runs");
      spdlog::shutdown();
      std::_Exit(EXIT_FAILURE);
    });
  }

  boost::asio::io_context context{1};
  boost::asio::signal_set signals{context, SIGINT, SIGTERM};
  boost::asio::steady_timer deadline{context};
  std::binary_semaphore told{0};
  std::thread thread;
};

process_end::process_end() : parts_{std::make_unique<parts>()} {}
process_end::~process_end() = default;
void process_end::wait() {
  parts_->told.acquire();
}
void process_end::limit(std::chrono::milliseconds time) {
  boost::asio::post(parts_->context, [this, time] { parts_->limit(time); });
}

} // namespace squall::gateway
