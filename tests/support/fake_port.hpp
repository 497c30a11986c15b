#pragma once

#include "gateway/ws/dialect.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::tests {

/// A WebSocket connection without a socket: what a dialect sent can be looked at.
class fake_port final : public gateway::ws::message_port {
public:
  std::vector<std::string> sent;
  int answered_calls = 0;
  bool room = true;
  std::string refused; ///< why the connection was closed

  void send(std::string_view message) override { sent.emplace_back(message); }
  void send_binary(std::string_view message) override { send(message); }
  bool has_room() override { return room; }
  void refuse(std::string_view why) override { refused = why; }
  void answered() override { ++answered_calls; }
  std::uint64_t connection() const noexcept override { return 7; }

  /// What was sent since the last call.
  std::vector<std::string> take() { return std::exchange(sent, {}); }
};

} // namespace squall::tests
