#include "deploy/cli/http_client.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/units.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::cli {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint64_t max_answer = std::uint64_t{1} << 30;

http::request<http::string_body> request_of(const url& gateway, const http_question& question) {
  http::request<http::string_body> request;
  request.method_string(question.method);
  request.target(question.target);
  request.version(11);
  request.set(http::field::host, gateway.authority());
  request.set(http::field::connection, "close");
  request.set(http::field::accept, "application/json, application/problem+json");
  for (const auto& [name, value] : question.headers)
    request.set(name, value);
  if (question.method != "GET") {
    request.set(http::field::content_type, "application/json");
    request.body() = question.body;
    request.prepare_payload();
  }
  return request;
}

asio::awaitable<http_answer> exchange(url gateway, http_question question,
                                      std::chrono::milliseconds timeout) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(timeout);
  asio::ip::tcp::resolver resolver(stream.get_executor());
  const auto found =
      co_await resolver.async_resolve(gateway.host, gateway.port, asio::use_awaitable);
  co_await stream.async_connect(found, asio::use_awaitable);
  const auto request = request_of(gateway, question);
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_answer);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  auto response = parser.release();
  co_return http_answer{response.result_int(), std::move(response.body())};
}

} // namespace

http_answer ask(const url& gateway, const http_question& question,
                std::chrono::milliseconds timeout) {
  const auto place = "http://" + gateway.authority();
  try {
    asio::io_context context(1);
    auto answer = asio::co_spawn(context, exchange(gateway, question, timeout), asio::use_future);
    context.run();
    return answer.get();
  } catch (const boost::system::system_error& error) {
    if (error.code() == beast::error::timeout) {
      throw unreachable(place, "no answer within " + format_duration(timeout));
    }
    throw unreachable(place, error.code().message());
  }
}

std::string get_json(const url& gateway, const std::string& target,
                     std::chrono::milliseconds timeout) {
  auto answer = ask(gateway, {"GET", target, {}, {}}, timeout);
  if (answer.status != 200) {
    throw unreachable("http://" + gateway.authority(), "it answers " + target +
                                                           " with HTTP status " +
                                                           std::to_string(answer.status));
  }
  return std::move(answer.body);
}

} // namespace squall::cli
