#pragma once

#include "gateway/net/timing_wheel.hpp"
#include "gateway/protocol.hpp"
#include "gateway/settings.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace squall::gateway::net {

namespace asio = boost::asio;

/// Everything runs on one thread's context, so no operation needs a type-erased executor.
using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<asio::ip::tcp, executor>;
using timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, executor>;

template <class T>
using task = asio::awaitable<T, executor>;
inline constexpr asio::use_awaitable_t<executor> use_task{};

class connection;

/// Logs what a coroutine ended with.
void log_failure(const char* consequence, const std::exception_ptr& failure) noexcept;

/// Makes the protocol that new connections begin with.
using protocol_factory = std::function<std::unique_ptr<protocol>(link&)>;

/// One event loop with the connections that it accepted. They stay on its thread, so nothing here
/// needs a lock; only `post` and `stop` may be called from other threads.
class io_thread {
public:
  io_thread(const settings& settings, protocol_factory make_protocol, std::uint64_t first_id);
  ~io_thread();
  io_thread(const io_thread&) = delete;
  io_thread& operator=(const io_thread&) = delete;

  /// Accepts connections from now on. `share_port`: other threads listen on the same address
  /// (`SO_REUSEPORT`). Throws `boost::system::system_error`.
  asio::ip::tcp::endpoint listen(const asio::ip::tcp::endpoint& address, bool share_port);
  /// Accepts connections from now on at a TCP socket that listens already, and that others may
  /// accept from, too. It is the loop's to close. Throws `boost::system::system_error`.
  void listen_at(int socket);
  /// Lets go of all sockets that it accepts at; those that are shared stay open for the others.
  void stop_accepting();

  /// Runs the loop until `stop`.
  void run();
  /// Thread-safe.
  void stop();
  asio::io_context& context() noexcept { return context_; }

  /// Tells every connection to drain; `drained` is called (on this thread) when the last of them is
  /// gone. New ones are let in meanwhile, to be told that the gateway drains; they hold up nothing.
  void drain(std::function<void()> drained);
  /// Tells every connection that tokens were replaced, or that one has expired.
  void tell_access_changed();
  /// Stops to accept, and closes every connection at once.
  void close_all();

  /// A stretch of work on this thread; at its end everything that was written is sent.
  class turn {
  public:
    explicit turn(io_thread& thread) noexcept : thread_{thread} { thread_.begin_turn(); }
    ~turn() { thread_.end_turn(); }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

  private:
    io_thread& thread_;
  };

private:
  friend class connection;

  static constexpr std::size_t scratch_bytes = 64 * 1024;

  void accept(const std::shared_ptr<tcp_acceptor>& acceptor);
  task<void> accept_loop(std::shared_ptr<tcp_acceptor> acceptor);
  task<void> tick_loop();
  void admit(tcp_socket socket);
  bool old_ones_left() const;
  bool is_draining() const noexcept { return old_below_ != 0; }
  void begin_turn() noexcept;
  void end_turn();
  void mark_dirty(connection& which);
  void watch(std::uint64_t id, link::clock::time_point due);
  void forget(std::uint64_t id);

  const settings& settings_;
  protocol_factory make_protocol_;
  asio::io_context context_{1};
  std::vector<std::shared_ptr<tcp_acceptor>> acceptors_;
  timer ticker_;
  timing_wheel wheel_;
  link::clock::time_point now_ = link::clock::now();
  std::unordered_map<std::uint64_t, std::shared_ptr<connection>> connections_;
  std::vector<std::shared_ptr<connection>> dirty_;
  std::array<char, scratch_bytes> scratch_; ///< what was just read, of one connection at a time
  std::string plain_;                       ///< the same, behind TLS
  std::uint64_t next_id_;
  int depth_ = 0; ///< of nested turns
  bool ticking_ = false;
  bool closed_ = false;
  std::function<void()> drained_;
  std::uint64_t old_below_ = 0; ///< connections with a smaller id were there before the drain
};

} // namespace squall::gateway::net
