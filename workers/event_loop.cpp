#include "workers/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <thread>
#include <utility>

namespace squall::workers {

namespace asio = boost::asio;

struct event_loop::parts {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread;
};

event_loop::event_loop() : parts_{std::make_unique<parts>()} {
  parts_->thread = std::thread{[context = &parts_->context] { context->run(); }};
}

event_loop::~event_loop() {
  stop();
}

void event_loop::post(std::function<void()> what) {
  asio::post(parts_->context, std::move(what));
}

asio::io_context& event_loop::context() noexcept {
  return parts_->context;
}

void event_loop::stop() {
  parts_->context.stop();
  if (parts_->thread.joinable()) parts_->thread.join();
}

} // namespace squall::workers
