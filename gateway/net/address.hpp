#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::gateway::net {

/// `HOST:PORT` taken apart; an IPv6 host stands in brackets.
struct address {
  std::string host; ///< without brackets
  std::uint16_t port = 0;
};

/// Nothing when `text` is not of that form.
std::optional<address> parse_address(std::string_view text);

/// The other way round.
std::string to_string(const address& where);

/// Whether only this machine can reach a listener there: 127.0.0.0/8, ::1 or `localhost`.
bool is_loopback(std::string_view host);

} // namespace squall::gateway::net
