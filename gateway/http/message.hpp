#pragma once

#include "gateway/dispatcher.hpp"
#include "proto/queue.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace squall::gateway::http {

/// The methods that a route can offer, as bits of a set.
enum method : std::uint8_t {
  method_other = 0, ///< one that no route offers
  method_get = 1,
  method_head = 2,
  method_post = 4,
  method_put = 8,
  method_patch = 16,
  method_delete = 32,
  method_options = 64,
};
using method_set = std::uint8_t;

/// One request as routes see it. The views live until the request is answered; absent headers are
/// empty.
struct request {
  http::method method = method_other;
  bool method_known = true; ///< to HTTP, if not to any route
  std::string_view path;    ///< as sent, still percent-encoded; "*" for `OPTIONS *`
  std::string_view query;   ///< as sent, without its "?"
  std::string_view host;    ///< of an absolute target, otherwise of the header
  std::string_view content_type;
  std::string_view origin;
  std::string_view authorization;
  std::string_view peer; ///< the client's address, without port
  std::string_view if_none_match;
  std::string_view preflight_method; ///< Access-Control-Request-Method
  std::string_view timeout_ms;       ///< X-Timeout-Ms
  std::string_view priority;         ///< X-Priority
  std::string_view request_id;       ///< X-Request-Id
  std::string_view idempotency_key;  ///< Idempotency-Key
  std::string_view last_event_id;    ///< Last-Event-ID
  std::string_view websocket_key;
  std::string_view websocket_version;
  bool websocket_upgrade = false; ///< GET with `Upgrade: websocket` and `Connection: upgrade`
  bool expects_continue = false;
  bool http_1_0 = false;
  bool keep_alive = false;
  bool chunked = false; ///< the body came in chunks
  std::string prefer;   ///< Prefer, which may come in several lines: with commas between them
  std::string websocket_protocols; ///< Sec-WebSocket-Protocol, likewise
  std::string body;
  std::string parameter; ///< what stood for `{...}` in the route's pattern, decoded
};

/// A job whose changes a client follows.
struct followed_job {
  proto::job_id id;
  std::uint64_t seen = 0; ///< `job_view::changes` that the client knows
};

/// One answer. The session adds what every answer has: date, server, request id, CORS, framing.
struct response {
  std::uint16_t status = 200;
  std::string_view content_type; ///< of static storage; empty: none
  std::string body;
  std::string_view static_body; ///< of static storage, sent instead of `body` when not empty
  bool chunked = false;         ///< to HTTP/1.1, send the body with chunked coding
  bool close = false;           ///< end the connection after it
  std::optional<followed_job> follow{}; ///< the body goes on with events of this job
  std::vector<std::pair<std::string_view, std::string>> headers; ///< names of static storage

  std::string_view content() const noexcept { return static_body.empty() ? body : static_body; }
};

/// An answer that is made from the cluster's state.
struct rendering {
  dispatcher::renderer render;
  std::string_view content_type; ///< of static storage
};

struct reply;

/// A request to the queues. When it was done `then` goes on with the answer, whose leased items it
/// leaves in their places; errors are answered as problems.
struct queue_question {
  proto::queue_request request;
  std::function<reply(const proto::queue_answer&)> then;
};

/// What a route makes of a request: the answer, or what must be asked first.
struct reply : std::variant<response, call_request, rendering, queue_question> {
  using variant::variant;
};

inline constexpr std::string_view text_plain = "text/plain; charset=utf-8";
inline constexpr std::string_view application_json = "application/json";

} // namespace squall::gateway::http
