#include "actors/queue/postgres/array_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace squall::actors::postgres {
namespace {

bool is_plain(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char each) { return static_cast<signed char>(each) > 0; });
}

void append_quoted(std::string& out, std::string_view text) {
  out.reserve(out.size() + text.size() + 2);
  out += '"';
  for (const char each : text) {
    if (each == '"' || each == '\\') out += '\\';
    out += each;
  }
  out += '"';
}

} // namespace

void array_text::add(std::string_view text) {
  separate();
  if (is_plain(text))
    append_quoted(text_, text);
  else
    append_quoted(text_, storable(text));
}

std::string storable(std::string_view text) {
  std::string out{text};
  if (is_plain(out)) return out;
  std::ranges::replace(out, '\0', '?');
  using nlohmann::json;
  return json::parse(json(out).dump(-1, ' ', false, json::error_handler_t::replace))
      .get<std::string>();
}

} // namespace squall::actors::postgres
