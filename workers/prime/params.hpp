#pragma once

#include "workers/prime/decimal.hpp"

#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace squall::workers::prime {

/// Most elements of `numbers`.
inline constexpr std::size_t max_numbers = 10'000;

/// The params of one call. The decimals view the text that was parsed, or `decoded`, so a request
/// is moved, never copied, and outlived by that text.
struct request {
  bool list = false; ///< `numbers` was given, otherwise `n`
  decimal n;
  std::vector<decimal> numbers;
  std::forward_list<std::string> decoded; ///< strings that were written with escapes

  request() = default;
  request(request&&) = default;
  request& operator=(request&&) = default;
};

/// Reads `{"n": integer or string}` or `{"numbers": [...]}`, or says for people which part is
/// refused and why. A reader of its own instead of a JSON library: those turn an integer above 2^64
/// into a double, and refuse it above 10^308. Allocates nothing for `n` without escapes.
///
/// \param first_index added to the indexes of `numbers` in messages
std::variant<request, std::string> parse_params(std::string_view text, std::uint32_t first_index);

} // namespace squall::workers::prime
