#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace squall::gateway {

class protocol;

/// What a protocol may ask of the connection that it speaks on. Everything runs on the
/// connection's io thread. A connection gathers what is written in one turn of the event loop and
/// gives it to the socket in one piece.
class link {
public:
  using clock = std::chrono::steady_clock;

  /// Unsent bytes. Append to it, then call `send_soon`; never take anything out.
  virtual std::string& outbox() noexcept = 0;
  /// Sends the outbox at the end of this turn.
  virtual void send_soon() = 0;
  /// Gives the socket at once what it takes of the outbox.
  virtual void flush() = 0;
  /// Calls `protocol::on_timer` once, when `when` has passed (within about 50 ms). A later call
  /// replaces the earlier one; `clock::time_point::max()` takes it back.
  virtual void set_timer(clock::time_point when) = 0;
  /// Offers the input that the protocol left unconsumed again, after this turn's handler.
  virtual void resume() = 0;
  /// Sends what is in the outbox, then closes; the peer gets `settings::close_timeout` to do so
  /// first. The protocol is destroyed at the end of this turn, which cancels its calls; nothing of
  /// it is called any more.
  virtual void finish() = 0;
  /// Closes at once; unsent bytes are dropped.
  virtual void abort() = 0;
  /// Hands the connection to another protocol after the present handler; what that handler left
  /// unconsumed goes to `next`.
  virtual void upgrade(std::unique_ptr<protocol> next) = 0;

  /// Unique in this gateway's life.
  virtual std::uint64_t id() const noexcept = 0;
  /// Address of the peer, without port.
  virtual const std::string& peer() const noexcept = 0;
  /// The present time, read once a turn.
  virtual clock::time_point now() const noexcept = 0;

protected:
  ~link() = default;
};

/// What is spoken on a connection: bytes in, bytes out, no socket. Owned by the connection; the
/// link outlives it. Each member is called on the io thread, and none of them throws.
class protocol {
public:
  virtual ~protocol() = default;

  /// The connection is this protocol's from now on. Called once, before anything else.
  virtual void on_open() = 0;
  /// Takes what it can of `input` and says how many bytes that was. The rest is offered again
  /// with more behind it, or after `link::resume`. A connection stops to read while more than
  /// `max_unconsumed` bytes are left.
  virtual std::size_t on_data(std::string_view input) = 0;
  /// The peer will send nothing more (all that came was offered to `on_data` before).
  virtual void on_end() = 0;
  /// The time given to `link::set_timer` has passed.
  virtual void on_timer() = 0;
  /// The gateway drains: take no new work, call `link::finish` when the present work is answered.
  virtual void on_drain() = 0;
  /// Clients' tokens were replaced, or one has expired: what is open under a token that counts no
  /// more ends.
  virtual void on_access_changed() {}
  /// A turn has ended, and the socket has taken all of the outbox.
  virtual void on_sent() {}

  static constexpr std::size_t max_unconsumed = 64 * 1024;
};

} // namespace squall::gateway
