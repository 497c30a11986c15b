#pragma once

#include "gateway/access/guard.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string_view>

namespace squall::gateway::http {

/// A checked WebSocket handshake, for `websocket::stream::accept`. Valid while the factory that
/// gets it runs. Included by the .cpp files of both sides only: it brings Beast.
struct upgrade_request {
  const boost::beast::http::request<boost::beast::http::string_body>& message;
  std::string_view request_id;  ///< to be returned with the 101 answer as X-Request-Id
  std::string_view subprotocol; ///< to be returned as Sec-WebSocket-Protocol; empty: none
  access::visitor who;
};

} // namespace squall::gateway::http
