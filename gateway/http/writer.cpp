#include "gateway/http/writer.hpp"

#include "proto/version.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <ctime>

namespace squall::gateway::http {

namespace beast_http = boost::beast::http;
using body_type = beast_http::span_body<const char>;
using message_type = beast_http::response<body_type>;
using beast_http::field;

namespace {

boost::beast::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

const std::string server_name = "squall/" + std::string(proto::software_version);

/// 204 and 304 have no body by definition (RFC 9110, 6.4.1).
bool may_have_body(std::uint16_t status) {
  return status != 204 && status != 304;
}

void add_length(message_type& message, std::size_t length) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), length).ptr;
  message.insert(field::content_length,
                 view({digits.data(), static_cast<std::size_t>(end - digits.data())}));
}

void add_headers(message_type& message, const response& answer, const framing& how) {
  message.insert(field::server, view(server_name));
  message.insert(field::date, view(http_date(std::chrono::system_clock::now())));
  if (!answer.content_type.empty()) message.insert(field::content_type, view(answer.content_type));
  message.insert("X-Request-Id", view(how.request_id));
  for (const auto& [name, value] : answer.headers)
    message.insert(view(name), view(value));
  // RFC 9110, 7.6.1: an Upgrade header is named in Connection.
  const bool upgrade = answer.status == 426;
  if (!how.keep_alive)
    message.insert(field::connection, upgrade ? "close, Upgrade" : "close");
  else if (how.http_1_0)
    message.insert(field::connection, "keep-alive");
  else if (upgrade)
    message.insert(field::connection, "Upgrade");
}

} // namespace

void write_response(std::string& out, const response& answer, const framing& how) {
  message_type message;
  message.version(11);
  message.result(answer.status);
  add_headers(message, answer, how);
  const auto content = answer.content();
  const bool chunked = answer.chunked && !how.http_1_0;
  const bool goes_on = answer.follow.has_value();
  const bool head_alone = how.without_body || goes_on;
  if (may_have_body(answer.status)) {
    if (chunked)
      message.insert(field::transfer_encoding, "chunked");
    else if (!goes_on)
      add_length(message, content.size());
    if (!head_alone) message.body() = {content.data(), content.size()};
  }
  beast_http::serializer<false, body_type> serializer(message);
  serializer.split(head_alone);
  boost::beast::error_code error;
  while (!serializer.is_done() && !(head_alone && serializer.is_header_done())) {
    serializer.next(error, [&](boost::beast::error_code&, const auto& buffers) {
      std::size_t size = 0;
      for (auto buffer : boost::beast::buffers_range_ref(buffers)) {
        out.append(static_cast<const char*>(buffer.data()), buffer.size());
        size += buffer.size();
      }
      serializer.consume(size);
    });
  }
  if (!goes_on || how.without_body) return;
  if (chunked)
    append_chunk(out, content);
  else
    out += content;
}

void append_chunk(std::string& out, std::string_view text) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), text.size(), 16).ptr;
  out.append(digits.data(), end).append("\r\n").append(text).append("\r\n");
}

void append_last_chunk(std::string& out) {
  out += "0\r\n\r\n";
}

std::string_view http_date(std::chrono::system_clock::time_point when) {
  thread_local std::time_t second = -1;
  thread_local std::array<char, 30> text{};
  const auto present = std::chrono::system_clock::to_time_t(when);
  if (present != second) {
    constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm parts{};
    gmtime_r(&present, &parts);
    // Not by strftime's %a and %b: those follow the locale.
    std::strftime(text.data(), text.size(), "---, %d --- %Y %H:%M:%S GMT", &parts);
    days[parts.tm_wday].copy(text.data(), 3);
    months[parts.tm_mon].copy(text.data() + 8, 3);
    second = present;
  }
  return {text.data(), 29};
}

} // namespace squall::gateway::http
