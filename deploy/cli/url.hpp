#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace squall::cli {

/// Where a gateway is. Only plain HTTP and WebSocket are spoken.
struct url {
  std::string host; ///< without the brackets of an IPv6 address
  std::string port;
  std::string path;       ///< with query, begins with '/'; "/" when none was given
  std::string token = {}; ///< to be shown as `Authorization: Bearer`; empty: none

  /// `host:port`, as a `Host` header wants it.
  std::string authority() const;
  /// The line of a header that shows the token; empty without one.
  std::string authorization() const;
  friend bool operator==(const url&, const url&) = default;
};

/// Reads `http://host[:port][/path]`, `ws://...`, or `host:port`. The port defaults to 80. Throws
/// `misuse` that names `text`.
url parse_url(std::string_view text);

} // namespace squall::cli
