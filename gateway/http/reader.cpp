#include "gateway/http/reader.hpp"

#include "gateway/http/permission.hpp"
#include "gateway/http/syntax.hpp"
#include "gateway/http/upgrade.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <limits>
#include <optional>

namespace squall::gateway::http {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;

namespace {

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

http::method to_method(beast_http::verb verb) {
  switch (verb) {
  case beast_http::verb::get:
    return method_get;
  case beast_http::verb::head:
    return method_head;
  case beast_http::verb::post:
    return method_post;
  case beast_http::verb::put:
    return method_put;
  case beast_http::verb::patch:
    return method_patch;
  case beast_http::verb::delete_:
    return method_delete;
  case beast_http::verb::options:
    return method_options;
  default:
    return method_other;
  }
}

bool has_token(boost::beast::string_view list, std::string_view token) {
  return beast_http::token_list{list}.exists({token.data(), token.size()});
}

/// What has no name in Beast.
void take_other(http::request& request, std::string_view name, std::string_view value) {
  if (same_text(name, "X-Request-Id"))
    request.request_id = value;
  else if (same_text(name, "X-Timeout-Ms"))
    request.timeout_ms = value;
  else if (same_text(name, "X-Priority"))
    request.priority = value;
  else if (same_text(name, "Idempotency-Key"))
    request.idempotency_key = value;
  else if (same_text(name, "Last-Event-ID"))
    request.last_event_id = value;
}

void take_field(http::request& request, beast_http::field field, std::string_view name,
                std::string_view value) {
  switch (field) {
  case beast_http::field::host:
    if (request.host.empty()) request.host = value;
    break;
  case beast_http::field::content_type:
    request.content_type = value;
    break;
  case beast_http::field::origin:
    request.origin = value;
    break;
  case beast_http::field::if_none_match:
    request.if_none_match = value;
    break;
  case beast_http::field::expect:
    request.expects_continue = true;
    break;
  case beast_http::field::access_control_request_method:
    request.preflight_method = value;
    break;
  case beast_http::field::sec_websocket_key:
    request.websocket_key = value;
    break;
  case beast_http::field::sec_websocket_version:
    request.websocket_version = value;
    break;
  case beast_http::field::authorization:
    if (request.authorization.empty()) request.authorization = value;
    break;
  case beast_http::field::prefer:
    request.prefer.append(request.prefer.empty() ? "" : ", ").append(value);
    break;
  case beast_http::field::sec_websocket_protocol:
    request.websocket_protocols.append(request.websocket_protocols.empty() ? "" : ", ")
        .append(value);
    break;
  case beast_http::field::unknown:
    take_other(request, name, value);
    break;
  default:
    break;
  }
}

} // namespace

class request_reader::impl {
public:
  explicit impl(const settings& limits)
      : limits_(limits), scanner_({std::min(limits.max_header_bytes, protocol::max_unconsumed),
                                   limits.max_headers}) {}

  step read(std::string_view input) {
    if (done_) return {event::complete, 0};
    if (parser_) return read_body(input);
    std::size_t skipped = 0; // RFC 9112, 2.2: empty lines before a request are ignored
    if (fresh_)
      while (input.substr(skipped).starts_with("\r\n"))
        skipped += 2;
    input.remove_prefix(skipped);
    if (input.empty() || (fresh_ && input == "\r")) return {event::more, skipped};
    fresh_ = false;
    switch (scanner_.scan(input)) {
    case head_scanner::state::more:
      return {event::more, skipped};
    case head_scanner::state::refused:
      return refuse(scanner_.why(), skipped);
    case head_scanner::state::done:
      break;
    }
    auto step = read_head(input.substr(0, scanner_.size()));
    step.consumed += skipped;
    return step;
  }

  phase where() const noexcept {
    if (parser_) return phase::body;
    return fresh_ ? phase::idle : phase::head;
  }

  void next() {
    parser_.reset();
    scanner_.reset();
    request_ = {};
    fresh_ = true;
    done_ = false;
  }

  std::unique_ptr<protocol> hand_over(const context& shared, link& connection, endpoint which) {
    return shared.upgrade(connection, which,
                          {parser_->get(), request_.request_id,
                           access::read_protocols(request_.websocket_protocols).chosen,
                           visitor_of(shared, request_)});
  }

  http::request& request() noexcept { return request_; }
  bool awaits_body() const noexcept { return parser_ && !parser_->is_done(); }
  const refusal& why() const noexcept { return why_; }

private:
  step refuse(refusal why, std::size_t consumed) {
    why_ = why;
    return {event::refused, consumed};
  }

  step read_head(std::string_view head) {
    parser_.emplace();
    parser_->header_limit(std::numeric_limits<std::uint32_t>::max()); // the scanner's business
    parser_->body_limit(limits_.max_body_bytes);
    error_code error;
    parser_->put(boost::asio::buffer(head.data(), head.size()), error);
    if (error == beast_http::error::body_limit)
      return refuse({413, "the body is longer than the limit"}, head.size());
    if (error || !parser_->is_header_done())
      return refuse({400, "the header is malformed"}, head.size());
    parser_->eager(true);
    if (!describe()) return refuse({400, "the request target is malformed"}, head.size());
    return {event::head, head.size()};
  }

  /// Takes from Beast's message what routes look at. Before the body: trailers count for nothing.
  bool describe() {
    const auto& message = parser_->get();
    const auto parts = parse_target(view(message.method_string()), view(message.target()));
    if (!parts) return false;
    request_.method = to_method(message.method());
    request_.method_known = message.method() != beast_http::verb::unknown;
    request_.path = parts->path;
    request_.query = parts->query;
    request_.host = parts->authority;
    request_.http_1_0 = message.version() == 10;
    request_.keep_alive = parser_->keep_alive();
    request_.chunked = parser_->chunked();
    for (const auto& field : message)
      take_field(request_, field.name(), view(field.name_string()), view(field.value()));
    request_.expects_continue = request_.expects_continue && !request_.http_1_0;
    request_.websocket_upgrade = request_.method == method_get && !request_.http_1_0 &&
                                 has_token(message[beast_http::field::upgrade], "websocket") &&
                                 has_token(message[beast_http::field::connection], "upgrade");
    return true;
  }

  step read_body(std::string_view input) {
    std::size_t consumed = 0;
    if (!parser_->is_done() && !input.empty()) {
      error_code error;
      consumed = parser_->put(boost::asio::buffer(input.data(), input.size()), error);
      if (error == beast_http::error::body_limit)
        return refuse({413, "the body is longer than the limit"}, consumed);
      if (error && error != beast_http::error::need_more)
        return refuse({400, "the body's chunked coding is malformed"}, consumed);
    }
    if (!parser_->is_done()) return wait_for_body(input.substr(consumed), consumed);
    done_ = true;
    request_.body = std::move(parser_->get().body());
    return {event::complete, consumed};
  }

  /// `held` is the begin of a chunk's header or of the trailer: Beast takes those whole, and a bare
  /// LF for neither good nor bad.
  step wait_for_body(std::string_view held, std::size_t consumed) {
    if (held.size() > limits_.max_header_bytes)
      return refuse({431, "a chunk's extension or the trailer is longer than the limit"}, consumed);
    for (auto at = held.find('\n'); at != std::string_view::npos; at = held.find('\n', at + 1))
      if (at == 0 || held[at - 1] != '\r')
        return refuse({400, "a line does not end in CRLF"}, consumed);
    return {event::more, consumed};
  }

  const settings& limits_;
  head_scanner scanner_;
  std::optional<beast_http::request_parser<beast_http::string_body>> parser_;
  http::request request_;
  refusal why_;
  bool fresh_ = true; ///< no byte of a request was seen
  bool done_ = false;
};

request_reader::request_reader(const settings& limits) : impl_(std::make_unique<impl>(limits)) {}
request_reader::~request_reader() = default;

request_reader::step request_reader::read(std::string_view input) {
  return impl_->read(input);
}
request_reader::phase request_reader::where() const noexcept {
  return impl_->where();
}
http::request& request_reader::request() noexcept {
  return impl_->request();
}
bool request_reader::awaits_body() const noexcept {
  return impl_->awaits_body();
}
const refusal& request_reader::why() const noexcept {
  return impl_->why();
}
void request_reader::next() {
  impl_->next();
}

std::unique_ptr<protocol> request_reader::hand_over(const context& shared, link& connection,
                                                    endpoint which) {
  return impl_->hand_over(shared, connection, which);
}

} // namespace squall::gateway::http
