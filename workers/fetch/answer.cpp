#include "workers/fetch/answer.hpp"

#include "workers/fetch/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace squall::workers::fetch {
namespace {

/// About what an answer's text has around the body.
constexpr std::size_t usual_rest = 768;

/// Appends `"name":`, behind a comma when it is not the first of its object. The name has nothing
/// to escape.
std::string& append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  return out.append("\"").append(name).append("\":");
}

void append_text(std::string& out, std::string_view name, std::string_view value) {
  append_quoted(append_name(out, name), value);
}

/// Two digits are as much as a clock of microseconds is worth over a network.
void append_time(std::string& out, std::string_view name, double ms) {
  const auto hundredths = static_cast<std::uint64_t>(std::round(ms * 100));
  append_name(out, name).append(std::to_string(hundredths / 100)).append(1, '.');
  out += static_cast<char>('0' + hundredths / 10 % 10);
  if (hundredths % 10 != 0) out += static_cast<char>('0' + hundredths % 10);
}

/// One field of a header, and the next one with its name.
struct named_field {
  std::string name; ///< in lower case
  const std::string* value = nullptr;
  const named_field* next = nullptr;
  bool first = true; ///< none with its name came before
};

/// In the order of their coming.
std::vector<named_field> chained(const std::vector<field>& headers) {
  std::vector<named_field> out;
  std::vector<named_field*> by_name;
  out.reserve(headers.size());
  by_name.reserve(headers.size());
  for (const auto& [name, value] : headers)
    by_name.push_back(&out.emplace_back(named_field{lower(name), &value}));
  std::ranges::sort(by_name, [](const named_field* left, const named_field* right) {
    const auto order = left->name.compare(right->name);
    return order < 0 || (order == 0 && left < right);
  });
  for (std::size_t i = 1; i < by_name.size(); ++i) {
    if (by_name[i]->name != by_name[i - 1]->name) continue;
    by_name[i - 1]->next = by_name[i];
    by_name[i]->first = false;
  }
  return out;
}

void append_headers(std::string& out, const std::vector<field>& headers) {
  append_name(out, "headers") += '{';
  for (const auto& each : chained(headers)) {
    if (!each.first) continue;
    if (out.back() != '{') out += ',';
    append_quoted(out, each.name);
    out += each.next != nullptr ? ":[" : ":";
    append_quoted(out, *each.value);
    for (const auto* next = each.next; next != nullptr; next = next->next)
      append_quoted(out += ',', *next->value);
    if (each.next != nullptr) out += ']';
  }
  out += '}';
}

void append_timing(std::string& out, const timing& times) {
  append_name(out, "timing") += '{';
  append_time(out, "dns", times.dns);
  append_time(out, "connect", times.connect);
  append_time(out, "tls", times.tls);
  append_time(out, "first_byte", times.first_byte);
  append_time(out, "total", times.total);
  out += '}';
}

} // namespace

std::string_view location_of(const answer& from) noexcept {
  for (const auto& [name, value] : from.headers)
    if (same_name(name, "location")) return value;
  return {};
}

std::string to_json(const answer& from) {
  std::string out;
  out.reserve(from.body.size() + usual_rest);
  out += '{';
  append_name(out, "status") += std::to_string(from.status);
  append_text(out, "reason", from.reason);
  append_headers(out, from.headers);
  if (is_utf8(from.body))
    append_text(out, "body", from.body);
  else
    append_name(out, "body_base64").append("\"").append(to_base64(from.body)).append("\"");
  append_text(out, "url", from.url);
  append_name(out, "redirects") += std::to_string(from.redirects);
  append_text(out, "http_version", from.version);
  append_timing(out, from.times);
  return out += '}';
}

std::string data_of(const fault& from) {
  std::string out = "{";
  append_text(out, "reason", name(from.why));
  append_text(out, "url", from.url);
  return out += '}';
}

std::string to_json(const fault& from) {
  std::string out = "{";
  append_name(out, "error") += '{';
  append_text(out, "reason", name(from.why));
  append_text(out, "message", from.message);
  append_text(out, "url", from.url);
  return out += "}}";
}

} // namespace squall::workers::fetch
