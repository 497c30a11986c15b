#include "deploy/cli/http_asker.hpp"

#include "deploy/cli/gateway_stream.hpp"
#include "deploy/cli/gateway_trust.hpp"

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
    : gateway_(std::move(gateway)), stream_(std::make_unique<gateway_stream>(executor)) {}

http_asker::~http_asker() = default;

asio::awaitable<http_answer> http_asker::ask(http_question question,
                                             std::chrono::milliseconds timeout) {
  co_await stream_->open(gateway_, timeout);
  const auto request = request_of(gateway_, question);
  co_await http::async_write(*stream_, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_answer);
  stream_->check();
  co_await http::async_read(*stream_, buffer, parser, asio::use_awaitable);
  stream_->close();
  auto response = parser.release();
  if (auto why = wants_tls(gateway_, response.result_int(), response.body()); !why.empty())
    throw tls_failure(std::move(why));
  co_return http_answer{response.result_int(), std::move(response.body())};
}

void http_asker::cancel() {
  stream_->cancel();
}

} // namespace squall::cli
