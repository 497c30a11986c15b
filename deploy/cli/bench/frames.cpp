#include "deploy/cli/bench/frames.hpp"

#include <array>
#include <cstring>

namespace squall::cli::bench {

namespace {

constexpr std::array<unsigned char, 8> mask{0x37, 0xfa, 0x21, 0x3d, 0x37, 0xfa, 0x21, 0x3d};
constexpr std::size_t max_message = 16 * 1024 * 1024;

void append_masked(std::string& out, std::string_view payload) {
  std::uint64_t key = 0;
  std::memcpy(&key, mask.data(), sizeof key);
  const auto begin = out.size();
  out.append(payload);
  char* at = out.data() + begin;
  std::size_t left = payload.size();
  for (; left >= sizeof key; left -= sizeof key, at += sizeof key) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    word ^= key;
    std::memcpy(at, &word, sizeof word);
  }
  for (std::size_t i = 0; i < left; ++i) {
    at[i] = static_cast<char>(static_cast<unsigned char>(at[i]) ^ mask[i]);
  }
}

reply broken(std::string_view why) {
  return {reply::what::broken, 0, why, std::nullopt, false};
}

void append_big_endian(std::string& out, std::uint64_t value, int width) {
  for (int byte = width - 1; byte >= 0; --byte)
    out += static_cast<char>(value >> 8 * byte & 0xff);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes)
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

} // namespace

void append_frame(std::string& out, std::uint8_t opcode, std::string_view payload) {
  out += static_cast<char>(0x80 | opcode);
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() <= 0xffff) {
    out += static_cast<char>(0x80 | 126);
    append_big_endian(out, payload.size(), 2);
  } else {
    out += static_cast<char>(0x80 | 127);
    append_big_endian(out, payload.size(), 8);
  }
  out.append(reinterpret_cast<const char*>(mask.data()), 4);
  append_masked(out, payload);
}

reply read_frame(std::string_view input) {
  if (input.size() < 2) return {};
  const auto first = static_cast<unsigned char>(input[0]);
  const auto second = static_cast<unsigned char>(input[1]);
  if ((second & 0x80) != 0) return broken("the server sent a masked frame");
  std::size_t header = 2;
  std::uint64_t size = second;
  if (second >= 126) {
    const std::size_t width = second == 126 ? 2 : 8;
    if (input.size() < header + width) return {};
    size = big_endian(input.substr(header, width));
    header += width;
  }
  if (size > max_message) return broken("the server sent a message above 16 MiB");
  if (input.size() < header + size) return {};
  const auto body = input.substr(header, size);
  const auto total = header + static_cast<std::size_t>(size);
  switch (first) {
  case 0x81:
  case 0x82:
    return {reply::what::answer, total, body, std::nullopt, false};
  case 0x88:
    return broken("the server closed the connection");
  case 0x89:
    return {reply::what::ping, total, body, std::nullopt, false};
  case 0x8a:
    return {reply::what::ignore, total, body, std::nullopt, false};
  default:
    return broken("the server sent a frame that is not understood");
  }
}

} // namespace squall::cli::bench
