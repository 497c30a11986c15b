#include "gateway/http/handlers.hpp"

#include "gateway/http/syntax.hpp"
#include "gateway/page.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace squall::gateway::http {
namespace {

/// A hash (FNV-1a, 64 bits) as a strong validator: files change with the binary only.
std::string make_etag(std::string_view body) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : body)
    hash = (hash ^ c) * 0x100000001b3;
  std::string tag = "\"";
  for (int shift = 60; shift >= 0; shift -= 4)
    tag += "0123456789abcdef"[(hash >> shift) & 15];
  return tag += '"';
}

const std::string& etag(const page::asset& file) {
  static const auto tags = [] {
    std::map<std::string_view, std::string> all;
    for (const auto& entry : page::assets())
      all.emplace(entry.path, make_etag(entry.body));
    return all;
  }();
  return tags.at(file.path);
}

/// If-None-Match compares weakly (RFC 9110, 13.1.2).
bool lists(std::string_view tags, std::string_view tag) {
  if (trim(tags) == "*") return true;
  while (!tags.empty()) {
    const auto comma = tags.find(',');
    auto one = trim(tags.substr(0, comma));
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag) return true;
    tags.remove_prefix(comma == std::string_view::npos ? tags.size() : comma + 1);
  }
  return false;
}

} // namespace

reply page_file(const context&, request& to) {
  const auto& file = *page::find(to.path); // the route was chosen because it is there
  response answer;
  answer.headers = {
      {"ETag", etag(file)},
      {"Cache-Control", "no-cache"},
      {"Content-Security-Policy", "default-src 'self'; connect-src 'self'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"}};
  if (lists(to.if_none_match, etag(file))) {
    answer.status = 304;
    return answer;
  }
  answer.content_type = file.content_type;
  answer.static_body = file.body;
  return answer;
}

} // namespace squall::gateway::http
