#pragma once

#include "gateway/http/message.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace squall::gateway::http {

/// How an answer is framed, as its request and connection demand.
struct framing {
  bool without_body = false; ///< to HEAD: the headers of the body alone
  bool http_1_0 = false;
  bool keep_alive = true;
  std::string_view request_id;
};

/// Appends `answer` to `out` in one piece, with Date, Server and X-Request-Id. The body of one that
/// goes on (`response::follow`) is left open: to HTTP/1.1 in chunked coding.
void write_response(std::string& out, const response& answer, const framing& how);

/// Appends a piece of a body in chunked coding (RFC 9112, 7.1). `text` is not empty.
void append_chunk(std::string& out, std::string_view text);
/// Appends the end of such a body.
void append_last_chunk(std::string& out);

/// `when` as IMF-fixdate (RFC 9110, 5.6.7). Made once a second and thread.
std::string_view http_date(std::chrono::system_clock::time_point when);

} // namespace squall::gateway::http
