#include "gateway/http/syntax.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace squall::gateway::http {
namespace {

enum : std::uint8_t { token = 1, value = 2, visible = 4, reg_name = 8 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0x21; c < 0x7f; ++c)
    classes[c] = value | visible;
  for (unsigned c = 0x80; c <= 0xff; ++c)
    classes[c] = value;
  classes[' '] = classes['\t'] = value;
  for (unsigned c = '0'; c <= '9'; ++c)
    classes[c] |= token | reg_name;
  for (unsigned c = 'a'; c <= 'z'; ++c)
    classes[c] |= token | reg_name;
  for (unsigned c = 'A'; c <= 'Z'; ++c)
    classes[c] |= token | reg_name;
  for (unsigned char c :
       {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'})
    classes[c] |= token;
  // All that RFC 3986 allows but the comma, which would make a list of a Host.
  for (unsigned char c :
       {'-', '.', '_', '~', '%', '!', '$', '&', '\'', '(', ')', '*', '+', ';', '='})
    classes[c] |= reg_name;
  return classes;
}

constexpr auto classes = make_classes();

bool all(std::string_view text, std::uint8_t bit) noexcept {
  for (unsigned char c : text)
    if ((classes[c] & bit) == 0) return false;
  return true;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_ip_literal(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return hex_digit(c) >= 0 || c == ':' || c == '.';
  });
}

} // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() && all(text, token);
}
bool is_field_value(std::string_view text) noexcept {
  return all(text, value);
}
bool is_visible(std::string_view text) noexcept {
  return all(text, visible);
}

bool is_authority(std::string_view text) noexcept {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_ip_literal(text.substr(1, end - 1))) return false;
    text.remove_prefix(end + 1);
    return text.empty() ||
           (text.front() == ':' && (text.size() == 1 || parse_number(text.substr(1), 65'535)));
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && colon + 1 < text.size() &&
      !parse_number(text.substr(colon + 1), 65'535))
    return false;
  const auto name = text.substr(0, colon);
  return !name.empty() && all(name, reg_name);
}

std::string_view trim(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same_text(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) noexcept {
  if (text.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (digit > max || number > (max - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
  }
  return number;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

std::optional<target> parse_target(std::string_view method, std::string_view text) noexcept {
  target parts;
  if (text == "*") {
    parts.path = text;
    return method == "OPTIONS" ? std::optional(parts) : std::nullopt;
  }
  if (method == "CONNECT") {
    parts.authority = text;
    return is_authority(text) ? std::optional(parts) : std::nullopt;
  }
  if (!text.starts_with('/')) {
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) return std::nullopt;
    const auto name = text.substr(0, scheme);
    if (!same_text(name, "http") && !same_text(name, "https")) return std::nullopt;
    text.remove_prefix(scheme + 3);
    parts.authority = text.substr(0, text.find_first_of("/?"));
    if (!is_authority(parts.authority)) return std::nullopt;
    text.remove_prefix(parts.authority.size());
  }
  const auto question = text.find('?');
  parts.path = text.substr(0, question);
  if (question != std::string_view::npos) parts.query = text.substr(question + 1);
  if (parts.path.empty()) parts.path = "/";
  return parts;
}

std::pair<std::string_view, std::string_view> next_parameter(std::string_view& query) noexcept {
  const auto pair = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(query.size(), pair.size() + 1));
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos) return {pair, {}};
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

} // namespace squall::gateway::http
