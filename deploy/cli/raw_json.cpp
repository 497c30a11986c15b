#include "deploy/cli/raw_json.hpp"

#include <nlohmann/json.hpp>

namespace squall::cli {

namespace {

constexpr std::string_view space = " \t\r\n";

std::size_t skip_space(std::string_view text, std::size_t at) {
  const auto next = text.find_first_not_of(space, at);
  return next == std::string_view::npos ? text.size() : next;
}

/// Behind the string that begins at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

/// Behind the value that begins at `at`.
std::size_t skip_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at; // the end of what holds a bare value
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && (c == ',' || space.find(c) != std::string_view::npos)) return at;
    ++at;
  }
  return at;
}

} // namespace

std::optional<std::string_view> raw_member(std::string_view object, std::string_view key) {
  auto at = skip_space(object, 0);
  if (at == object.size() || object[at] != '{') return std::nullopt;
  at = skip_space(object, at + 1);
  while (at < object.size() && object[at] == '"') {
    const auto name_end = skip_string(object, at);
    const auto name = object.substr(at + 1, name_end - at - 2);
    const auto value = skip_space(object, object.find(':', name_end) + 1);
    const auto value_end = skip_value(object, value);
    if (name == key) return object.substr(value, value_end - value);
    at = skip_space(object, value_end);
    if (at < object.size() && object[at] == ',') at = skip_space(object, at + 1);
  }
  return std::nullopt;
}

std::vector<std::string_view> raw_elements(std::string_view array) {
  std::vector<std::string_view> elements;
  auto at = skip_space(array, 0);
  if (at == array.size() || array[at] != '[') return elements;
  at = skip_space(array, at + 1);
  while (at < array.size() && array[at] != ']') {
    const auto end = skip_value(array, at);
    elements.push_back(array.substr(at, end - at));
    at = skip_space(array, end);
    if (at < array.size() && array[at] == ',') at = skip_space(array, at + 1);
  }
  return elements;
}

std::string indented(std::string_view text) {
  std::string out;
  std::size_t depth = 0;
  const auto end_line = [&] { out.append("\n").append(2 * depth, ' '); };
  for (std::size_t at = skip_space(text, 0); at < text.size(); at = skip_space(text, at)) {
    const char c = text[at];
    const bool closes = c == '}' || c == ']';
    const bool empty = closes && !out.empty() && (out.back() == '{' || out.back() == '[');
    if (closes) --depth;
    if (closes && !empty) end_line();
    const auto end = c == '"' ? skip_string(text, at) : at + 1;
    out.append(text.substr(at, end - at));
    at = end;
    if (c == '{' || c == '[') {
      ++depth;
      const auto next = skip_space(text, at);
      if (next < text.size() && text[next] != '}' && text[next] != ']') end_line();
    }
    if (c == ',') end_line();
    if (c == ':') out += ' ';
  }
  return out;
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace squall::cli
