#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace squall::gateway::ws {

/// The fixed part of a WebSocket frame (RFC 6455, section 5.2).
struct frame_header {
  bool fin = false;
  std::uint8_t reserved = 0; ///< RSV1..3 as the bits 0x70
  std::uint8_t opcode = 0;
  bool masked = false;
  std::uint64_t payload_bytes = 0;
  std::size_t header_bytes = 0; ///< including the mask
  std::array<std::uint8_t, 4> mask{};

  static constexpr std::uint8_t close = 0x8;
  static constexpr std::uint8_t ping = 0x9;
  static constexpr std::uint8_t pong = 0xA;

  bool is_control() const noexcept { return (opcode & 0x8) != 0; }
  /// A ping or pong that a client may send (sections 5.1 and 5.5).
  bool is_legal_ping_or_pong() const noexcept {
    return (opcode == ping || opcode == pong) && fin && reserved == 0 && masked &&
           payload_bytes <= 125;
  }
};

/// The header that `bytes` begin with, or nothing while it is incomplete.
std::optional<frame_header> scan_header(std::string_view bytes) noexcept;

} // namespace squall::gateway::ws
