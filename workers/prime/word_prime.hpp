#pragma once

#include <cstdint>

namespace squall::workers::prime {

/// What is known of a number below 2^64. Always proven.
struct word_verdict {
  bool prime = false;
  std::uint32_t factor =
      0; ///< smallest prime factor of a composite where trial division found it; else 0
};

/// Decides any number below 2^64. Pure; well below a microsecond.
///
/// Trial division by the primes below 256, which settles everything below 257^2, then the
/// Baillie-PSW test: a strong test to base 2 and an almost extra strong Lucas test
/// (R. Baillie and S. Wagstaff, "Lucas pseudoprimes", Mathematics of Computation 35 (1980);
/// J. Grantham, "Frobenius pseudoprimes", Mathematics of Computation 70 (2001)). No composite below
/// 2^64 passes both: D. Jacobsen ran the Lucas test over J. Feitsma's complete list of base-2
/// pseudoprimes below 2^64 (http://ntheory.org/pseudoprimes.html).
word_verdict check_word(std::uint64_t n) noexcept;

} // namespace squall::workers::prime
