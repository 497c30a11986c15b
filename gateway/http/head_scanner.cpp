#include "gateway/http/head_scanner.hpp"

#include "gateway/http/syntax.hpp"

#include <algorithm>
#include <limits>

namespace squall::gateway::http {

head_scanner::state head_scanner::scan(std::string_view input) noexcept {
  for (;;) {
    const auto end = input.find('\n', scanned_);
    const auto seen = end == std::string_view::npos ? input.size() : end + 1;
    if (seen > limits_.bytes) {
      if (!at_request_line_)
        refuse(431, "the header is longer than its limit");
      else if (input.substr(0, limits_.bytes).find(' ') == std::string_view::npos)
        refuse(400, "the request line has no space");
      else
        refuse(414, "the request target is longer than the limit for a header");
      return state::refused;
    }
    if (end == std::string_view::npos) {
      if (!scan_rest(input.substr(scanned_))) return state::refused;
      scanned_ = input.size();
      return state::more;
    }
    if (end == line_ || input[end - 1] != '\r') {
      refuse(400, "a line does not end in CRLF");
      return state::refused;
    }
    const auto line = input.substr(line_, end - 1 - line_);
    line_ = scanned_ = end + 1;
    if (line.empty()) return finish() ? state::done : state::refused;
    if (!scan_line(line)) return state::refused;
  }
}

bool head_scanner::refuse(std::uint16_t status, std::string_view detail) noexcept {
  why_ = {status, detail};
  return false;
}

/// Garbage without any line end is refused at its first byte, not at the timeout.
bool head_scanner::scan_rest(std::string_view partial) noexcept {
  if (!at_request_line_) return true;
  const bool plausible = std::ranges::all_of(
      partial, [](unsigned char c) { return (c >= 0x20 && c < 0x7f) || c == '\r'; });
  return plausible || refuse(400, "the request line has a character that it may not have");
}

bool head_scanner::scan_line(std::string_view line) noexcept {
  if (at_request_line_) {
    at_request_line_ = false;
    return scan_request_line(line);
  }
  if (++headers_ > limits_.headers) return refuse(431, "there are more headers than the limit");
  return scan_header(line);
}

bool head_scanner::scan_request_line(std::string_view line) noexcept {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return refuse(400, "the request line is not METHOD TARGET VERSION");
  const auto target = line.substr(first + 1, last - first - 1);
  if (!is_token(line.substr(0, first))) return refuse(400, "the method is not a token");
  if (target.empty() || !is_visible(target) || target.find('#') != std::string_view::npos)
    return refuse(400, "the request target has a character that it may not have");
  return scan_version(line.substr(last + 1));
}

bool head_scanner::scan_version(std::string_view version) noexcept {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(version[5]) ||
      version[6] != '.' || !digit(version[7]))
    return refuse(400, "the request line does not end in an HTTP version");
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return refuse(505, "the versions spoken here are HTTP/1.1 and HTTP/1.0");
  http_1_0_ = version == "HTTP/1.0";
  return true;
}

bool head_scanner::scan_header(std::string_view line) noexcept {
  if (line.front() == ' ' || line.front() == '\t')
    return refuse(400, "a header line begins with a space or tab");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return refuse(400, "a header line has no colon");
  const auto name = line.substr(0, colon);
  if (!is_token(name)) return refuse(400, "a header name has a character that it may not have");
  const auto value = trim(line.substr(colon + 1));
  if (!is_field_value(value))
    return refuse(400, "a header value has a character that it may not have");
  return scan_framing(name, value);
}

bool head_scanner::scan_framing(std::string_view name, std::string_view value) noexcept {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  switch (name.size()) {
  case 4:
    if (!same_text(name, "Host")) return true;
    if (++hosts_ > 1) return refuse(400, "there is more than one Host");
    return is_authority(value) || refuse(400, "Host is not a host with an optional port");
  case 6:
    if (!same_text(name, "Expect") || same_text(value, "100-continue")) return true;
    return refuse(417, "the only expectation known is 100-continue");
  case 13: // whoever stands in front could look at another one than we do
    return !same_text(name, "Authorization") || ++credentials_ == 1 ||
           refuse(400, "there is more than one Authorization");
  case 14:
    if (!same_text(name, "Content-Length")) return true;
    if (has_length_) return refuse(400, "there is more than one Content-Length");
    has_length_ = true;
    return parse_number(value, most) || refuse(400, "Content-Length is not a number of bytes");
  case 17:
    return !same_text(name, "Transfer-Encoding") || scan_transfer_encoding(value);
  default:
    return true;
  }
}

bool head_scanner::scan_transfer_encoding(std::string_view value) noexcept {
  if (has_coding_) return refuse(400, "there is more than one Transfer-Encoding");
  has_coding_ = true;
  if (same_text(value, "chunked")) return true;
  if (!is_token(value)) return refuse(400, "Transfer-Encoding is not one coding");
  return refuse(501, "the only transfer coding known is chunked");
}

bool head_scanner::finish() noexcept {
  if (at_request_line_) return refuse(400, "there is no request line");
  if (hosts_ == 0 && !http_1_0_) return refuse(400, "there is no Host");
  if (has_coding_ && has_length_)
    return refuse(400, "there are both Transfer-Encoding and Content-Length");
  if (has_coding_ && http_1_0_) return refuse(400, "HTTP/1.0 has no Transfer-Encoding");
  return true;
}

} // namespace squall::gateway::http
