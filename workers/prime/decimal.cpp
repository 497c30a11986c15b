#include "workers/prime/decimal.hpp"

#include <algorithm>
#include <charconv>

namespace squall::workers::prime {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Why `body`, which is not digits alone, is refused.
refusal why_not(std::string_view body) noexcept {
  constexpr std::string_view allowed = "0123456789.eE+-";
  const auto number = (is_digit(body.front()) || body.front() == '.') &&
                      std::any_of(body.begin(), body.end(), is_digit) &&
                      body.find_first_not_of(allowed) == std::string_view::npos &&
                      body.find_first_of(".eE") != std::string_view::npos;
  return number ? refusal::fractional : refusal::not_an_integer;
}

} // namespace

std::optional<std::uint64_t> decimal::word() const noexcept {
  std::uint64_t value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::variant<decimal, refusal> parse_decimal(std::string_view text) noexcept {
  if (text.empty()) return refusal::empty;
  const auto signed_ = text.front() == '-' || text.front() == '+';
  auto body = text.substr(signed_ ? 1 : 0);
  if (body.empty()) return refusal::not_an_integer;
  if (!std::all_of(body.begin(), body.end(), is_digit)) return why_not(body);
  const auto zeros = std::min(body.find_first_not_of('0'), body.size() - 1);
  body.remove_prefix(zeros);
  if (body.size() > max_digits) return refusal::too_long;
  return decimal{body, text.front() == '-' && body != "0"};
}

std::string_view describe(refusal why) noexcept {
  switch (why) {
  case refusal::empty:
    return "is empty, where an integer is needed";
  case refusal::fractional:
    return "is not an integer: it has a fraction or an exponent";
  case refusal::too_long:
    return "has more than 10000 digits";
  case refusal::not_an_integer:
    break;
  }
  return "is not an integer";
}

} // namespace squall::workers::prime
