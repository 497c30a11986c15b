#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace squall::gateway::ws {

/// Request of a client that wants to speak WebSocket.
using handshake = boost::beast::http::request<boost::beast::http::string_body>;

/// Gets what a codec finds in the bytes.
class codec_events {
public:
  /// A whole message. The view dies with the call.
  virtual void on_message(std::string_view message, bool is_text) = 0;
  virtual void on_pong() = 0;

protected:
  ~codec_events() = default;
};

/// The server's side of one WebSocket connection as a function from bytes to bytes: Beast's
/// WebSocket stream (frames, masks, UTF-8, permessage-deflate, closing; RFC 6455 and 7692) over
/// memory. Never blocks, needs no event loop. Used on one thread.
class codec {
public:
  struct options {
    std::size_t max_message_bytes = 1024 * 1024;
    bool deflate = true;
    std::string server;                         ///< value of the answer's `Server`
    std::string request_id;                     ///< value of the answer's `X-Request-Id`
    std::string subprotocol{};                  ///< value of its `Sec-WebSocket-Protocol`
    std::size_t max_outbox_bytes = 1024 * 1024; ///< pings are not answered while more is unsent
  };

  /// Everything that is sent is appended to `out`, which must outlive the codec.
  codec(const options& options, std::string& out);
  ~codec();
  codec(const codec&) = delete;
  codec& operator=(const codec&) = delete;

  /// Writes the 101 answer; false when the request is no valid handshake (then a 4xx is written).
  bool accept(const handshake& request);

  /// Decodes `input` and reports what is whole. Returns how many bytes were consumed; the rest is
  /// to be offered again with more behind it.
  std::size_t feed(std::string_view input, codec_events& events);

  /// Whether messages may be sent. False after a close in either direction or a protocol error
  /// (whose close frame is then in `out` already).
  bool is_open() const noexcept;

  /// Sets what was `options::max_message_bytes` and `options::max_outbox_bytes`, from the next
  /// message on.
  void limit(std::size_t message_bytes, std::size_t outbox_bytes);

  void send(std::string_view message, bool as_text);
  void ping();
  /// Sends a close frame (RFC 6455, 7.4); `reason` is cut to 123 bytes.
  void close(std::uint16_t code, std::string_view reason);

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace squall::gateway::ws
