#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace squall::gateway::http {

/// Longest time that a client's preference makes an answer wait.
inline constexpr std::uint32_t longest_wait_s = 24 * 60 * 60;

/// The seconds of `wait` in the value of `Prefer` (RFC 7240, 4.3), at most `longest_wait_s`;
/// nothing when it is not there or makes no sense. What else is preferred is not looked at: to
/// answer at once, as with `respond-async`, is the rule here. Pure.
std::optional<std::uint32_t> preferred_wait(std::string_view prefer) noexcept;

} // namespace squall::gateway::http
