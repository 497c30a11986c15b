#include "deploy/cli/gateway_stream.hpp"

#include "deploy/cli/gateway_trust.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::cli {

namespace asio = boost::asio;

asio::awaitable<void> gateway_stream::open(url gateway, std::chrono::milliseconds timeout) {
  check();
  const auto found =
      co_await resolver_.async_resolve(gateway.host, gateway.port, asio::use_awaitable);
  check();
  close();
  tcp_.expires_after(timeout);
  co_await tcp_.async_connect(found, asio::use_awaitable);
  check();
  tcp_.socket().set_option(asio::ip::tcp::no_delay(true));
  if (gateway.is_secure) co_await shake_hands(std::move(gateway));
  check();
}

asio::awaitable<void> gateway_stream::shake_hands(url gateway) {
  asio::ssl::context context(gateway.trust->shared_context());
  tls_.emplace(tcp_, context);
  auto* session = tls_->native_handle();
  gateway.trust->expect(session, gateway.host);
  const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client,
                                                      asio::as_tuple(asio::use_awaitable));
  if (!error) co_return;
  const bool by_tls = error.category() == asio::error::get_ssl_category();
  const bool by_peer = error == asio::ssl::error::stream_truncated || error == asio::error::eof ||
                       error == asio::error::connection_reset;
  if (!by_tls && !by_peer) throw boost::system::system_error(error);
  const auto code = by_tls ? static_cast<unsigned>(error.value()) : 0U;
  throw tls_failure(gateway.trust->why_failed(session, gateway.host, code));
}

void gateway_stream::close() {
  tls_.reset();
  tcp_.close();
}

void gateway_stream::cancel() {
  cancelled_ = true;
  resolver_.cancel();
  tcp_.cancel();
}

void gateway_stream::check() const {
  if (cancelled_) throw boost::system::system_error(asio::error::operation_aborted);
}

} // namespace squall::cli
