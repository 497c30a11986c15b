#include "gateway/rpc/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace squall::gateway::rpc {
namespace {

unsigned byte(char c) noexcept {
  return static_cast<unsigned char>(c);
}

} // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string shortened(std::string_view text, std::size_t most) {
  std::string out;
  append_quoted(out, text.substr(0, most));
  if (text.size() > most) out += "... (" + std::to_string(text.size()) + " characters)";
  return out;
}

bool is_utf8(std::string_view text) noexcept {
  auto at = text.begin();
  while ((at = std::find_if(at, text.end(), [](char c) { return byte(c) >= 0x80; })) !=
         text.end()) {
    const auto first = byte(*at);
    const auto length = first < 0xC2   ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
    if (length == 0 || text.end() - at < length) return false;
    // The shortest form alone, no surrogates, and nothing beyond U+10FFFF.
    const unsigned least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte(at[1]) < least || byte(at[1]) > most) return false;
    if (!std::all_of(at + 2, at + length, [](char c) { return (byte(c) & 0xC0) == 0x80; }))
      return false;
    at += length;
  }
  return true;
}

std::string_view unquoted(std::string_view token, std::string& decoded) {
  const auto inner = token.substr(1, token.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return inner;
  const auto value = nlohmann::json::parse(token, nullptr, false);
  // Half a surrogate pair is valid JSON, but no text: such a string equals none that we know.
  if (!value.is_string()) return token;
  decoded = value.get<std::string>();
  return decoded;
}

} // namespace squall::gateway::rpc
