#pragma once

#include <cstdint>

namespace squall::workers::prime {

__extension__ using uint128 = unsigned __int128;

/// Arithmetic modulo one odd word, with residues in Montgomery's form (x stands as x * 2^64 mod n),
/// so that no step divides. P. Montgomery, "Modular multiplication without trial division",
/// Mathematics of Computation 44 (1985). Every operand and result is below the modulus.
class montgomery {
public:
  /// \param modulus odd, at least 3
  explicit montgomery(std::uint64_t modulus) noexcept : n_(modulus), one_(-modulus % modulus) {
    // Newton's iteration doubles the right bits: 5 from the start value, then 10, 20, 40, 80.
    inverse_ = (3 * n_) ^ 2;
    for (int i = 0; i < 4; ++i)
      inverse_ *= 2 - n_ * inverse_;
  }

  std::uint64_t one() const noexcept { return one_; }
  std::uint64_t minus_one() const noexcept { return n_ - one_; }

  std::uint64_t add(std::uint64_t a, std::uint64_t b) const noexcept {
    // n - b first: a + b can pass 2^64.
    const auto room = n_ - b;
    return a >= room ? a - room : a + b;
  }

  std::uint64_t subtract(std::uint64_t a, std::uint64_t b) const noexcept {
    return a - b + (a < b ? n_ : 0);
  }

  std::uint64_t multiply(std::uint64_t a, std::uint64_t b) const noexcept {
    const auto product = static_cast<uint128>(a) * b;
    const auto quotient = static_cast<std::uint64_t>(product) * inverse_;
    const auto reduced = static_cast<std::uint64_t>((static_cast<uint128>(quotient) * n_) >> 64);
    return subtract(static_cast<std::uint64_t>(product >> 64), reduced);
  }

  std::uint64_t square(std::uint64_t a) const noexcept { return multiply(a, a); }

private:
  std::uint64_t n_;
  std::uint64_t one_;     ///< 2^64 mod n
  std::uint64_t inverse_; ///< 1/n mod 2^64
};

} // namespace squall::workers::prime
