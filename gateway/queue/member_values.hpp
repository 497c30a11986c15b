#pragma once

#include "gateway/dispatcher.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Values of members that clients write, as JSON texts. Each function says for people what is
/// needed, or nothing when all is good. Pure, but for the clock that a `run_at` is set against.
namespace squall::gateway {

using complaint = std::optional<std::string>;
using member_names = std::span<const std::string_view>;

/// Longest time before an item is ready for the first time.
inline constexpr std::uint64_t longest_delay_ms = 366ULL * longest_timeout_ms;

/// The complaint with the member's name before it.
complaint about(std::string_view name, complaint wrong);

/// Whether `name` is among `names`.
complaint refuse_unknown(std::string_view name, member_names names);

template <class Integer>
complaint read_integer(std::string_view value, Integer least, Integer most, Integer& out) {
  const auto* const end = value.data() + value.size();
  Integer number{};
  const auto [rest, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{} || rest != end || number < least || number > most)
    return "an integer from " + std::to_string(least) + " to " + std::to_string(most) +
           " is needed";
  out = number;
  return std::nullopt;
}

complaint read_string(std::string_view value, std::string& out);
complaint read_bool(std::string_view value, bool& out);

/// A time, as how long it is until then; nothing of one that has passed.
complaint read_run_at(std::string_view value, std::uint64_t& delay_ms);

} // namespace squall::gateway
