#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::workers::fetch {

using boost::asio::ip::address;

/// Whether an address belongs to the public internet: not to one of the blocks that IANA's
/// registries of special-purpose addresses set apart (RFC 6890), and not to a cloud's metadata. An
/// IPv6 address that carries an IPv4 address (mapped, compatible, 6to4, NAT64) is judged by that.
bool is_public(const address& where);

/// What an operator allows besides public addresses.
struct allow_entry {
  std::optional<address> network;    ///< nothing: `host` counts
  unsigned prefix = 0;               ///< of `network`, in bits
  std::string host;                  ///< a name in lower case
  std::optional<std::uint16_t> port; ///< nothing: every port

  friend bool operator==(const allow_entry&, const allow_entry&) = default;
};

/// Reads "10.0.0.0/8", "fd00::/8", "127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "name" or
/// "name:8080". Throws `std::invalid_argument` with a text for people.
allow_entry parse_allow(std::string_view text);

/// Which addresses may be connected to.
class address_policy {
public:
  explicit address_policy(std::vector<allow_entry> allowed) : allowed_{std::move(allowed)} {}

  /// Judges the address that is really connected to. `host` is that of the URL, in lower case, for
  /// entries with a name.
  bool permits(const address& where, std::uint16_t port, std::string_view host) const;

private:
  std::vector<allow_entry> allowed_;
};

} // namespace squall::workers::fetch
