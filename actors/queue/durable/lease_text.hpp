#pragma once

#include "actors/queue/lease_ids.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::actors {

/// What the name of a lease says: the item, so that no index of leases is needed, and the bits
/// that make it this lease.
struct named_lease {
  lease_id lease;
  std::uint64_t item = 0;
};

inline std::string lease_text(const lease_id& lease, std::uint64_t item) {
  return to_text(lease) + "-" + std::to_string(item);
}

/// Nothing when `text` is not what `lease_text` writes.
inline std::optional<named_lease> lease_of(std::string_view text) noexcept {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto lease = lease_id_of(text.substr(0, dash));
  const auto number = text.substr(dash + 1);
  named_lease out;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out.item);
  if (!lease || error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  out.lease = *lease;
  return out;
}

} // namespace squall::actors
