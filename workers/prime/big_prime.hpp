#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string_view>

namespace squall::workers::prime {

/// Random-base Miller-Rabin rounds after Baillie-PSW: what `mpz_probab_prime_p(n, 25)` does too.
inline constexpr int random_rounds = 1;

/// What is known of a number of 2^64 or more. "Not prime" is proven, "prime" is probable.
struct big_verdict {
  bool prime = false;
  std::uint32_t factor = 0; ///< smallest prime factor where trial division found it; else 0
};

/// Decides a number of any length with GMP: trial division, its Baillie-PSW test, then
/// `random_rounds` Miller-Rabin rounds. No composite is known to pass Baillie-PSW. What is proven:
/// a given composite passes the random rounds with a probability of at most 4^-random_rounds (M.
/// Rabin, "Probabilistic algorithm for testing primality", Journal of Number Theory 12 (1980)),
/// because the bases are drawn anew for every call and from a seed that nobody outside can know;
/// GMP's own rounds always draw the same ones.
///
/// Nothing when `stop` was requested before it was decided; it is looked at between the stages, of
/// which the longest takes seconds at 10,000 digits. Any thread.
///
/// \param digits decimal digits of a number of at least 2^64, nothing else
std::optional<big_verdict> check_big(std::string_view digits, const std::stop_token& stop);

} // namespace squall::workers::prime
