#include "workers/prime/word_prime.hpp"

#include "workers/prime/divisors.hpp"
#include "workers/prime/montgomery.hpp"

#include <array>
#include <bit>
#include <cmath>

namespace squall::workers::prime {

namespace {

constexpr std::array<std::uint16_t, 53> odd_primes = {
    3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,
    71,  73,  79,  83,  89,  97,  101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157,
    163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239, 241, 251};

constexpr auto divisors = [] {
  std::array<divisor, odd_primes.size()> all;
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = divisor(odd_primes[i]);
  return all;
}();

/// How many of them can be the smallest factor of a composite with so many bits.
constexpr auto divisors_for_bits = [] {
  std::array<std::uint8_t, 65> counts{};
  for (std::size_t bits = 0; bits < counts.size(); ++bits)
    for (const std::uint64_t p : odd_primes)
      if (bits > 16 || p * p < (std::uint64_t{1} << bits)) ++counts[bits];
  return counts;
}();

/// A number without a prime factor below 257 is prime when it is below this.
constexpr std::uint64_t settled_by_trial = 257 * 257;

bool strong_probable_prime_base_2(std::uint64_t n, const montgomery& mod) noexcept {
  const auto shift = std::countr_zero(n - 1);
  const auto exponent = (n - 1) >> shift;
  auto x = mod.add(mod.one(), mod.one());
  for (auto bit = 62 - std::countl_zero(exponent); bit >= 0; --bit) {
    x = mod.square(x);
    const auto doubled = mod.add(x, x);
    x = (exponent >> bit) & 1 ? doubled : x;
  }
  if (x == mod.one() || x == mod.minus_one()) return true;
  for (auto i = 1; i < shift; ++i) {
    x = mod.square(x);
    if (x == mod.minus_one()) return true;
  }
  return false;
}

/// The Jacobi symbol (a/n) for odd n.
int jacobi(std::uint64_t a, std::uint64_t n) noexcept {
  auto sign = 1;
  while (a != 0) {
    const auto twos = std::countr_zero(a);
    a >>= twos;
    if (twos % 2 == 1 && (n % 8 == 3 || n % 8 == 5)) sign = -sign;
    if (a % 4 == 3 && n % 4 == 3) sign = -sign;
    const auto rest = n % a;
    n = a;
    a = rest;
  }
  return n == 1 ? sign : 0;
}

bool is_square(std::uint64_t n) noexcept {
  // The rounded root of a square below 2^64 is exact; 2^32 would overflow when squared.
  const auto root = static_cast<std::uint64_t>(std::llround(std::sqrt(static_cast<double>(n))));
  return root < (std::uint64_t{1} << 32) && root * root == n;
}

/// The first P from 3 up with (P^2 - 4 / n) = -1, or 0 where the search shows n composite.
std::uint64_t lucas_parameter(std::uint64_t n) noexcept {
  // A square has no such P. Any other number has one soon, so the root is only taken late.
  constexpr std::uint64_t late = 20;
  for (std::uint64_t p = 3;; ++p) {
    const auto symbol = jacobi(p * p - 4, n);
    if (symbol == -1) return p;
    if (symbol == 0 || (p == late && is_square(n))) return 0;
  }
}

/// Almost extra strong: Q = 1 and only V is looked at, in one ladder of two independent products a
/// bit. \param n without a factor below 257
bool lucas_probable_prime(std::uint64_t n, const montgomery& mod) noexcept {
  const auto parameter = lucas_parameter(n);
  if (parameter == 0) return false;
  const auto two = mod.add(mod.one(), mod.one());
  auto p = two;
  for (std::uint64_t i = 2; i < parameter; ++i)
    p = mod.add(p, mod.one());
  // n + 1 = odd * 2^shift; n = 2^64 - 1 is divisible by 3 and never comes here.
  const auto shift = std::countr_zero(n + 1);
  const auto odd = (n + 1) >> shift;
  auto v = p;                                // V_k
  auto w = mod.subtract(mod.square(p), two); // V_(k+1)
  for (auto bit = 62 - std::countl_zero(odd); bit >= 0; --bit) {
    const auto one_bit = ((odd >> bit) & 1) != 0;
    const auto mixed = mod.subtract(mod.multiply(v, w), p); // V_(2k+1)
    const auto doubled = mod.subtract(mod.square(one_bit ? w : v), two);
    v = one_bit ? mixed : doubled;
    w = one_bit ? doubled : mixed;
  }
  if (v == two || v == mod.subtract(0, two)) return true;
  for (auto i = 1; i < shift; ++i) {
    if (v == 0) return true;
    v = mod.subtract(mod.square(v), two);
  }
  return false;
}

} // namespace

word_verdict check_word(std::uint64_t n) noexcept {
  if (n < 4) return {n >= 2, 0};
  if (n % 2 == 0) return {false, 2};
  const std::size_t tried = divisors_for_bits[static_cast<std::size_t>(64 - std::countl_zero(n))];
  for (std::size_t i = 0; i < tried; ++i)
    if (divisors[i].divides(n))
      return n == odd_primes[i] ? word_verdict{true, 0} : word_verdict{false, odd_primes[i]};
  if (n < settled_by_trial) return {true, 0};
  const montgomery mod(n);
  return {strong_probable_prime_base_2(n, mod) && lucas_probable_prime(n, mod), 0};
}

} // namespace squall::workers::prime
