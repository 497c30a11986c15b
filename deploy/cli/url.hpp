#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace squall::cli {

class gateway_trust;

/// Where a gateway is, and what is shown and believed there.
struct url {
  std::string host; ///< without the brackets of an IPv6 address
  std::string port;
  std::string path;       ///< with query, begins with '/'; "/" when none was given
  std::string token = {}; ///< to be shown as `Authorization: Bearer`; empty: none
  bool is_secure = false; ///< HTTPS and wss
  std::shared_ptr<const gateway_trust> trust = {}; ///< of one that `is_secure`, for its connections

  /// `host:port`, as a `Host` header wants it.
  std::string authority() const;
  /// `https://host:port`, for people.
  std::string origin() const;
  /// The line of a header that shows the token; empty without one.
  std::string authorization() const;
  friend bool operator==(const url&, const url&) = default;
};

/// Reads `http://host[:port][/path]`, `https://...`, `ws://...`, `wss://...`, or `host:port`, which
/// is HTTP. The port defaults to 80, with TLS to 443. Trusts nobody yet. Throws `misuse` that names
/// `text`.
url parse_url(std::string_view text);

} // namespace squall::cli
