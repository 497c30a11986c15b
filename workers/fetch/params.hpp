#pragma once

#include "workers/fetch/url.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace squall::workers::fetch {

/// One field of a header.
struct field {
  std::string name;
  std::string value;

  friend bool operator==(const field&, const field&) = default;
};

enum class http_version {
  automatic, ///< HTTP/2 where TLS finds that the server speaks it, otherwise HTTP/1.1
  v1_0,
  v1_1,
  v2, ///< without TLS too, with prior knowledge (RFC 9113, 3.3)
};

/// One thing to fetch. The defaults are those of Tornado's `HTTPRequest`.
struct request {
  url target;
  std::string method = "GET";
  std::vector<field> headers;
  std::string authorization; ///< value of that header, from `auth` or the URL; empty: none
  std::optional<std::string> body;
  std::chrono::milliseconds timeout{20'000}; ///< of everything, redirects and waiting too
  std::chrono::milliseconds connect_timeout{20'000};
  bool follow_redirects = true;
  std::uint32_t max_redirects = 5;
  std::uint64_t max_body_bytes = 10 * 1024 * 1024; ///< counted after decompression
  bool decompress = true;
  http_version version = http_version::automatic;
};

/// The params of one call.
struct order {
  bool list = false; ///< `requests` was given, otherwise the members of one request
  std::vector<request> requests;
};

inline constexpr std::size_t most_requests = 1'000;
inline constexpr std::uint64_t longest_timeout_ms = 86'400'000;
inline constexpr std::uint64_t most_redirects = 100;
inline constexpr std::uint64_t most_body_bytes = 100 * 1024 * 1024;
inline constexpr std::size_t most_header_fields = 200;

/// Reads the params of a call, or says for people which member is refused and why. Numbers and
/// booleans may be given as strings: a query string can only bring those.
///
/// \param first_index added to the indexes of `requests` in messages
std::variant<order, std::string> parse_params(std::string_view text, std::uint32_t first_index);

} // namespace squall::workers::fetch
