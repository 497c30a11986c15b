// The yardstick of tests/bench/calls: a WebSocket server as Beast's own examples write one, a
// coroutine a connection and one write a message, without any actor. It answers `/ws/prime`'s
// questions with Squall's own arithmetic. Usage: beast_server [PORT]; prints the port it took.

#include "workers/prime/check.hpp"
#include "workers/prime/decimal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <stop_token>
#include <string>
#include <variant>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace prime = squall::workers::prime;
using tcp = asio::ip::tcp;

std::string answer_to(const std::string& question) {
  const auto parsed = prime::parse_decimal(question);
  const auto* number = std::get_if<prime::decimal>(&parsed);
  if (!number) return "error: not an integer";
  auto verdict = prime::check(*number, std::stop_token{});
  return question + (verdict && verdict->prime ? " is a prime number" : " is not a prime number");
}

asio::awaitable<void> serve(tcp::socket socket) {
  socket.set_option(tcp::no_delay(true));
  beast::websocket::stream<tcp::socket> stream{std::move(socket)};
  auto [failed] = co_await stream.async_accept(asio::as_tuple(asio::use_awaitable));
  if (failed) co_return;
  beast::flat_buffer buffer;
  for (;;) {
    auto [read_failed, size] =
        co_await stream.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    if (read_failed) co_return;
    const auto answer = answer_to(beast::buffers_to_string(buffer.data()));
    buffer.consume(size);
    stream.text(true);
    auto [write_failed, written] =
        co_await stream.async_write(asio::buffer(answer), asio::as_tuple(asio::use_awaitable));
    if (write_failed) co_return;
  }
}

asio::awaitable<void> listen(tcp::acceptor acceptor) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    auto executor = acceptor.get_executor();
    asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

} // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  asio::io_context context{1};
  tcp::acceptor acceptor{context, {asio::ip::make_address_v4("127.0.0.1"), port}};
  std::cout << acceptor.local_endpoint().port() << std::endl;
  asio::co_spawn(context, listen(std::move(acceptor)), asio::detached);
  context.run();
}
