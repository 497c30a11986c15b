#pragma once

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace squall::workers {

/// The thread on which kinds that wait do their waiting. Starts with its construction. Handlers on
/// it never block.
class event_loop {
public:
  event_loop();

  /// Stops, see there, and drops what has not run.
  ~event_loop();

  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Runs `what` on the loop's thread, soon. From any thread.
  void post(std::function<void()> what);

  /// For timers and sockets; theirs to use on the loop's thread alone.
  boost::asio::io_context& context() noexcept;

  /// Ends the thread, without waiting for what is under way. Not from the loop's own thread.
  void stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace squall::workers
