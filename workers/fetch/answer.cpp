#include "workers/fetch/answer.hpp"

#include "workers/fetch/text.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <utility>

namespace squall::workers::fetch {
namespace {

using nlohmann::ordered_json;

/// Two digits are as much as a clock of microseconds is worth over a network.
double rounded(double ms) {
  return std::round(ms * 100) / 100;
}

ordered_json headers_of(const std::vector<field>& headers) {
  auto out = ordered_json::object();
  for (const auto& [name, value] : headers) {
    auto& member = out[lower(name)];
    if (member.is_null())
      member = as_utf8(value);
    else if (member.is_array())
      member.push_back(as_utf8(value));
    else
      member = ordered_json::array({std::move(member), as_utf8(value)});
  }
  return out;
}

} // namespace

std::string_view location_of(const answer& from) noexcept {
  for (const auto& [name, value] : from.headers)
    if (same_name(name, "location")) return value;
  return {};
}

std::string to_json(answer&& from) {
  ordered_json out;
  out["status"] = from.status;
  out["reason"] = as_utf8(from.reason);
  out["headers"] = headers_of(from.headers);
  if (is_utf8(from.body))
    out["body"] = std::move(from.body);
  else
    out["body_base64"] = to_base64(from.body);
  out["url"] = as_utf8(from.url);
  out["redirects"] = from.redirects;
  out["http_version"] = std::move(from.version);
  const auto& times = from.times;
  out["timing"] = {{"dns", rounded(times.dns)},
                   {"connect", rounded(times.connect)},
                   {"tls", rounded(times.tls)},
                   {"first_byte", rounded(times.first_byte)},
                   {"total", rounded(times.total)}};
  return out.dump();
}

std::string data_of(const fault& from) {
  ordered_json out;
  out["reason"] = name(from.why);
  out["url"] = as_utf8(from.url);
  return out.dump();
}

std::string to_json(const fault& from) {
  ordered_json out;
  out["error"] = {
      {"reason", name(from.why)}, {"message", as_utf8(from.message)}, {"url", as_utf8(from.url)}};
  return out.dump();
}

} // namespace squall::workers::fetch
