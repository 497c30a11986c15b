#include "deploy/cli/url.hpp"

#include "deploy/cli/exit_code.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace squall::cli {

namespace {

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  }) && std::stoi(std::string(text)) <= 65'535;
}

[[noreturn]] void refuse(std::string_view text, const char* why) {
  throw misuse("--url: '" + std::string(text) + "' " + why + "; write http://127.0.0.1:8888");
}

/// Takes `scheme://` off the front, and says whether it is one with TLS.
std::pair<std::string_view, bool> without_scheme(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return {text, false};
  const auto scheme = text.substr(0, colon);
  const bool is_secure = scheme == "https" || scheme == "wss";
  if (!is_secure && scheme != "http" && scheme != "ws")
    refuse(text, "is none of http://, https://, ws:// and wss://");
  return {text.substr(colon + 3), is_secure};
}

} // namespace

std::string url::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + port;
}

std::string url::origin() const {
  return (is_secure ? "https://" : "http://") + authority();
}

std::string url::authorization() const {
  return token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
}

url parse_url(std::string_view text) {
  const auto [rest, is_secure] = without_scheme(text);
  const auto slash = std::min(rest.find('/'), rest.size());
  auto place = rest.substr(0, slash);
  url result{"", is_secure ? "443" : "80",
             slash == rest.size() ? "/" : std::string(rest.substr(slash))};
  result.is_secure = is_secure;
  if (place.starts_with('[')) {
    const auto bracket = place.find(']');
    if (bracket == std::string_view::npos) refuse(text, "lacks a ']'");
    result.host = place.substr(1, bracket - 1);
    place.remove_prefix(bracket + 1);
  } else {
    const auto colon = std::min(place.find(':'), place.size());
    result.host = place.substr(0, colon);
    place.remove_prefix(colon);
  }
  if (result.host.empty()) refuse(text, "names no host");
  if (place.empty()) return result;
  if (place.front() != ':' || !is_port(place.substr(1))) refuse(text, "has no valid port");
  result.port = place.substr(1);
  return result;
}

} // namespace squall::cli
