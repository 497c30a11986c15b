#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace squall::actors {

/// "host:port" of a gateway, as a user gives it.
struct endpoint {
  std::string host; ///< a name, or an IPv4 or IPv6 address without brackets
  std::uint16_t port = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): takes the 0 inside a defaulted <=> for a pointer
  friend auto operator<=>(const endpoint&, const endpoint&) = default;
};

/// Reads "host:port", "1.2.3.4:port" or "[::1]:port". Nothing when it is not one of these.
std::optional<endpoint> parse_endpoint(std::string_view text);

/// What differs between two sets of addresses.
struct address_changes {
  std::vector<endpoint> added;
  std::vector<endpoint> gone;
};

address_changes difference(const std::set<endpoint>& before, const std::set<endpoint>& now);

/// The numeric addresses of a host, without duplicates. Blocks, for many seconds when name servers
/// do not answer; empty when there are none.
std::vector<std::string> look_up(const std::string& host);

} // namespace squall::actors
