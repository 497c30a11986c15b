#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace squall::gateway::ws {

/// What a dialect may ask of its WebSocket connection. Implemented by the WebSocket session, which
/// outlives the dialect; io thread of the connection.
class message_port {
public:
  /// Sends one text message, at the end of this turn. `message` need not outlive the call.
  virtual void send(std::string_view message) = 0;
  /// The same as a binary message, where an endpoint tells the two apart.
  virtual void send_binary(std::string_view message) = 0;
  /// Whether the peer reads what it is sent. What can wait is better sent after `dialect::on_sent`
  /// otherwise: too much that is unread ends the connection.
  virtual bool has_room() = 0;
  /// Closes the connection (1008): its client may not go on. `why` is for people.
  virtual void refuse(std::string_view why) = 0;
  /// Tells that `dialect::open` may have become 0, for a connection that drains.
  virtual void answered() = 0;
  /// `link::id`.
  virtual std::uint64_t connection() const noexcept = 0;

protected:
  ~message_port() = default;
};

/// What a WebSocket endpoint speaks: messages in, messages out. Owned by its WebSocket session, on
/// whose io thread everything is called. None of the members throws.
class dialect {
public:
  /// Cancels the calls that are open.
  virtual ~dialect() = default;
  /// Takes one whole message. `text` dies with the call. `is_text` is false for a binary message,
  /// whose bytes nobody checked to be UTF-8.
  virtual void on_message(std::string_view text, bool is_text) = 0;
  /// The gateway drains: new work is refused from now on, open calls go on.
  virtual void on_drain() = 0;
  /// Whether its client has shown who it is, or need not. Until then it has little time, and little
  /// is taken from it.
  virtual bool is_known() { return true; }
  /// See `protocol::on_access_changed`.
  virtual void on_access_changed() {}
  /// A turn has ended, and the socket has taken everything that was sent before.
  virtual void on_sent() {}
  /// Calls that are not answered yet.
  virtual std::size_t open() const noexcept = 0;
};

} // namespace squall::gateway::ws
