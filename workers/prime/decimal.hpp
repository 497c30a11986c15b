#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace squall::workers::prime {

/// Most digits of a number, leading zeros not counted.
inline constexpr std::size_t max_digits = 10'000;

/// An integer as it was written, without sign and leading zeros. Views the text it was parsed from.
struct decimal {
  std::string_view digits; ///< at least one; "0" for zero
  bool negative = false;   ///< never for zero

  /// The absolute value, when it is below 2^64.
  std::optional<std::uint64_t> word() const noexcept;
};

/// Why a text is not taken as a number.
enum class refusal : std::uint8_t {
  empty,
  not_an_integer,
  fractional, ///< has a point or an exponent, even when the value is whole: 1.0, 1e3
  too_long,   ///< over `max_digits`
};

/// Reads an optional sign and decimal digits; nothing else, no spaces. Allocates nothing.
///
/// `1.0` and `1e3` are refused although their values are whole: JSON writers use these forms for
/// floating-point numbers, which may have been rounded already, and nine bytes can name a number of
/// a billion digits.
std::variant<decimal, refusal> parse_decimal(std::string_view text) noexcept;

/// The reason as the end of a sentence: "is not an integer".
std::string_view describe(refusal why) noexcept;

} // namespace squall::workers::prime
