#include "gateway/ws/frame_scanner.hpp"

namespace squall::gateway::ws {

std::optional<frame_header> scan_header(std::string_view bytes) noexcept {
  auto byte = [bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  if (bytes.size() < 2) return std::nullopt;
  frame_header header;
  header.fin = (byte(0) & 0x80) != 0;
  header.reserved = byte(0) & 0x70;
  header.opcode = byte(0) & 0x0F;
  header.masked = (byte(1) & 0x80) != 0;
  const std::uint8_t short_length = byte(1) & 0x7F;
  const std::size_t length_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  header.header_bytes = 2 + length_bytes + (header.masked ? 4 : 0);
  if (bytes.size() < header.header_bytes) return std::nullopt;
  header.payload_bytes = short_length;
  if (length_bytes > 0) {
    header.payload_bytes = 0;
    for (std::size_t i = 2; i < 2 + length_bytes; ++i)
      header.payload_bytes = header.payload_bytes << 8 | byte(i);
  }
  if (header.masked)
    for (std::size_t i = 0; i < 4; ++i)
      header.mask[i] = byte(2 + length_bytes + i);
  return header;
}

} // namespace squall::gateway::ws
