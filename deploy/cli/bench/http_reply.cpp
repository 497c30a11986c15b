#include "deploy/cli/bench/http_reply.hpp"

#include "deploy/cli/gateway_trust.hpp"

#include <algorithm>
#include <charconv>

namespace squall::cli::bench {

namespace {

constexpr std::size_t max_header = 64 * 1024;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

/// The value of a header field; empty when it is not there.
std::string_view field(std::string_view header, std::string_view name) {
  for (auto line = header.find("\r\n"); line != std::string_view::npos;) {
    const auto begin = line + 2;
    line = header.find("\r\n", begin);
    const auto text = header.substr(begin, line == std::string_view::npos ? line : line - begin);
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || !same_name(text.substr(0, colon), name)) continue;
    const auto value = text.find_first_not_of(" \t", colon + 1);
    return value == std::string_view::npos ? std::string_view{} : text.substr(value);
  }
  return {};
}

reply broken(std::string_view why) {
  return {reply::what::broken, 0, why, std::nullopt, false};
}

} // namespace

reply read_http_reply(std::string_view input) {
  const auto end = input.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return input.size() > max_header ? broken("the server's header does not end") : reply{};
  }
  const auto header = input.substr(0, end);
  if (!header.starts_with("HTTP/1.1 ") || header.size() < 12) {
    return broken("the server does not answer with HTTP/1.1");
  }
  const auto length = field(header, "content-length");
  std::size_t size = 0;
  const auto [last, error] = std::from_chars(length.data(), length.data() + length.size(), size);
  if (length.empty() || error != std::errc{} || last != length.data() + length.size()) {
    return broken("the server's answer has no valid Content-Length");
  }
  const auto begin = end + 4;
  if (input.size() - begin < size) return {};
  if (header.substr(9, 3) == "400" && is_from_tls_port(400, input.substr(begin, size)))
    return broken("the server speaks HTTPS; write https:// in --url");
  if (same_name(field(header, "connection"), "close")) {
    return broken("the server closes after its answer");
  }
  return {reply::what::answer, begin + size, input.substr(begin, size), std::nullopt,
          header[9] != '2'};
}

} // namespace squall::cli::bench
