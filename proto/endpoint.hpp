#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::proto {

/// `HOST:PORT`, as a user gives it, taken apart.
struct endpoint {
  std::string host; ///< a name, or an IPv4 or IPv6 address without brackets
  std::uint16_t port = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): takes the 0 inside a defaulted <=> for a pointer
  friend auto operator<=>(const endpoint&, const endpoint&) = default;
};

/// Reads "host:port", "1.2.3.4:port" or "[::1]:port". Nothing when it is not one of these. Port 0
/// is a port: whoever connects refuses it.
std::optional<endpoint> parse_endpoint(std::string_view text);

/// The other way round.
std::string to_string(const endpoint& where);

/// Whether only this machine can reach a listener there: 127.0.0.0/8, ::1 or `localhost`.
bool is_loopback(std::string_view host);

} // namespace squall::proto
