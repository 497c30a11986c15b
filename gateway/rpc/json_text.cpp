#include "gateway/rpc/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace squall::gateway::rpc {

void append_quoted(std::string& out, std::string_view text) {
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string shortened(std::string_view text, std::size_t most) {
  std::string out;
  append_quoted(out, text.substr(0, most));
  if (text.size() > most) out += "... (" + std::to_string(text.size()) + " characters)";
  return out;
}

bool is_utf8_json(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  return std::ranges::all_of(text, is_ascii) || nlohmann::json::accept(text);
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
