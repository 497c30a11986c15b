#pragma once

#include "gateway/counters.hpp"
#include "gateway/protocol.hpp"
#include "gateway/settings.hpp"
#include "gateway/ws/codec.hpp"
#include "gateway/ws/dialect.hpp"

#include <functional>
#include <memory>

namespace squall::gateway::ws {

/// Makes the dialect of an endpoint for one connection. The port outlives it.
using dialect_factory = std::function<std::unique_ptr<dialect>(message_port&)>;

/// WebSocket as a protocol of a connection: pings, limits, a bounded outbox and draining around a
/// dialect. Owned by the connection, on its io thread.
class session final : public protocol, private message_port, private codec_events {
public:
  struct limits {
    std::size_t max_message_bytes;
    std::size_t max_outbox_bytes;
  };

  /// How long a client may be connected that `dialect::is_known` says no of, and what it may send
  /// and leave unread meanwhile, if not less.
  static constexpr std::chrono::seconds stranger_time{10};
  static constexpr limits of_strangers{4 * 1024, 64 * 1024};

  session(link& link, const settings& settings, limits limits, counters& counters,
          handshake request, codec::options options, const dialect_factory& make_dialect);
  ~session() override;

  void on_open() override;
  std::size_t on_data(std::string_view input) override;
  void on_end() override;
  void on_timer() override;
  void on_drain() override;
  void on_access_changed() override;
  void on_sent() override { dialect_->on_sent(); }

private:
  void send(std::string_view message) override { transmit(message, true); }
  void send_binary(std::string_view message) override { transmit(message, false); }
  bool has_room() override;
  void refuse(std::string_view why) override;
  void answered() override;
  std::uint64_t connection() const noexcept override { return link_.id(); }

  void on_message(std::string_view message, bool is_text) override;
  void on_pong() override {}

  void get_to_know();
  void set_limits(limits to);
  void arm();
  void transmit(std::string_view message, bool as_text);
  void close(std::uint16_t code, std::string_view reason);
  void finish();

  link& link_;
  const settings& settings_;
  const limits full_;
  limits limits_; ///< the present ones
  counters& counters_;
  handshake request_;
  codec codec_;
  std::unique_ptr<dialect> dialect_;
  link::clock::time_point heard_; ///< when the peer last sent anything
  link::clock::time_point ping_at_;
  /// When a client that nobody knows is sent away; `max` for one that is known.
  link::clock::time_point known_until_ = link::clock::time_point::max();
  bool draining_ = false;
  bool finished_ = false;
};

} // namespace squall::gateway::ws
