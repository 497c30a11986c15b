#pragma once

#include "deploy/cli/url.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace squall::cli {

/// A connection to a gateway, plain or TLS as its URL says: an AsyncStream, which Beast's HTTP and
/// WebSocket are spoken over. Used on its executor's thread alone; stays where it was made.
class gateway_stream {
public:
  using executor_type = boost::asio::any_io_executor;
  using next_layer_type = boost::beast::tcp_stream;

  explicit gateway_stream(const executor_type& executor) : resolver_(executor), tcp_(executor) {}

  executor_type get_executor() { return tcp_.get_executor(); }
  /// The socket and its timeouts.
  next_layer_type& next_layer() noexcept { return tcp_; }
  const next_layer_type& next_layer() const noexcept { return tcp_; }

  /// Connects anew, with the handshake; `timeout` goes on to hold for what follows. Throws
  /// `tls_failure`, and other `boost::system::system_error`: `beast::error::timeout`,
  /// `operation_aborted` after `cancel`.
  boost::asio::awaitable<void> open(url gateway, std::chrono::milliseconds timeout);
  void close();

  /// Ends what is under way, and refuses what is to come.
  void cancel();
  /// Throws `operation_aborted` after `cancel`: a step whose end was on its way did not see it.
  void check() const;

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (tls_) return tls_->async_read_some(buffers, std::forward<Token>(token));
    return tcp_.async_read_some(buffers, std::forward<Token>(token));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (tls_) return tls_->async_write_some(buffers, std::forward<Token>(token));
    return tcp_.async_write_some(buffers, std::forward<Token>(token));
  }

  /// Beast's WebSocket ends its stream by this.
  template <class Handler>
  friend void async_teardown(boost::beast::role_type role, gateway_stream& stream,
                             Handler&& handler) {
    using boost::beast::websocket::async_teardown;
    if (stream.tls_) return async_teardown(role, *stream.tls_, std::forward<Handler>(handler));
    async_teardown(role, stream.tcp_, std::forward<Handler>(handler));
  }

private:
  boost::asio::awaitable<void> shake_hands(url gateway);

  boost::asio::ip::tcp::resolver resolver_;
  next_layer_type tcp_;
  std::optional<boost::asio::ssl::stream<next_layer_type&>> tls_;
  bool cancelled_ = false;
};

} // namespace squall::cli
