#include "deploy/cli/http_asker.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
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
  if (!gateway.token.empty()) request.set(http::field::authorization, "Bearer " + gateway.token);
  for (const auto& [name, value] : question.headers)
    request.set(name, value);
  if (question.method != "GET") {
    request.set(http::field::content_type, "application/json");
    request.body() = question.body;
    request.prepare_payload();
  }
  return request;
}

} // namespace

http_asker::http_asker(const asio::any_io_executor& executor, url gateway)
    : gateway_(std::move(gateway)), resolver_(executor), stream_(executor) {}

asio::awaitable<http_answer> http_asker::ask(http_question question,
                                             std::chrono::milliseconds timeout) {
  check();
  const auto found =
      co_await resolver_.async_resolve(gateway_.host, gateway_.port, asio::use_awaitable);
  check();
  stream_.close();
  stream_.expires_after(timeout);
  co_await stream_.async_connect(found, asio::use_awaitable);
  check();
  const auto request = request_of(gateway_, question);
  co_await http::async_write(stream_, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_answer);
  check();
  co_await http::async_read(stream_, buffer, parser, asio::use_awaitable);
  stream_.close();
  auto response = parser.release();
  co_return http_answer{response.result_int(), std::move(response.body())};
}

void http_asker::cancel() {
  cancelled_ = true;
  resolver_.cancel();
  stream_.cancel();
}

/// A step whose end was on its way when `cancel` was called did not see it.
void http_asker::check() const {
  if (cancelled_) throw boost::system::system_error(asio::error::operation_aborted);
}

} // namespace squall::cli
