#pragma once

#include "workers/prime/decimal.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>

namespace squall::workers::prime {

enum class certainty : std::uint8_t {
  proven,   ///< no doubt is left
  probable, ///< passes Baillie-PSW and further rounds, see `big_prime.hpp`
};

/// What is known of one integer.
struct verdict {
  bool prime = false;
  certainty how = certainty::proven; ///< always proven when not prime or below 2^64
  std::uint32_t factor =
      0;          ///< smallest prime factor of a composite where trial division found it; else 0
  int rounds = 0; ///< random-base rounds passed; a composite does so with at most 4^-rounds

  friend bool operator==(const verdict&, const verdict&) = default;
};

/// Decides any integer; 0, 1 and negatives are not prime. Nothing when `stop` was requested before
/// it was decided. Any thread.
std::optional<verdict> check(const decimal& number, const std::stop_token& stop);

/// About how long `check` takes for a prime of so many digits on an ordinary machine. A composite
/// takes a quarter of it, or next to nothing. Never falls with more digits.
std::chrono::microseconds estimate(std::size_t digits) noexcept;

} // namespace squall::workers::prime
