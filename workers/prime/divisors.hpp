#pragma once

#include <cstdint>
#include <limits>

namespace squall::workers::prime {

/// Tells without dividing whether an odd prime divides a word: x is a multiple of p exactly when
/// x * p^-1 mod 2^64 is at most (2^64 - 1) / p. T. Granlund and P. Montgomery, "Division by
/// invariant integers using multiplication" (1994), section 9.
struct divisor {
  std::uint64_t inverse = 0;
  std::uint64_t limit = 0;

  constexpr divisor() = default;
  constexpr explicit divisor(std::uint64_t p) noexcept
      : inverse((3 * p) ^ 2), limit(std::numeric_limits<std::uint64_t>::max() / p) {
    for (int i = 0; i < 4; ++i)
      inverse *= 2 - p * inverse;
  }

  constexpr bool divides(std::uint64_t x) const noexcept { return x * inverse <= limit; }
};

} // namespace squall::workers::prime
