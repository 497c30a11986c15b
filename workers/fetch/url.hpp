#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace squall::workers::fetch {

/// An absolute URL of http or https.
struct url {
  std::string text; ///< whole, without user, password and fragment
  std::string scheme;
  std::string host; ///< in lower case, without brackets and the dot at the end
  std::uint16_t port = 0;
  std::string user; ///< decoded
  std::string password;

  friend bool operator==(const url&, const url&) = default;
};

/// Whether two URLs have the same scheme, host and port (RFC 6454, section 5).
bool same_origin(const url& left, const url& right) noexcept;

/// Most bytes of a URL.
inline constexpr std::size_t longest_url = 32 * 1024;

/// Why a text is no URL that can be fetched.
struct url_refusal {
  bool scheme = false; ///< it is one, but not of http or https
  std::string message; ///< as in "URL " + message
};

/// Reads a URL; with a base, one that may be relative to that (RFC 3986, section 5).
std::variant<url, url_refusal> parse_url(std::string_view text, const url* base = nullptr);

} // namespace squall::workers::fetch
