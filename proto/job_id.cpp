#include "proto/job_id.hpp"

#include <array>
#include <charconv>

namespace squall::proto {
namespace {

constexpr std::uint64_t version_7 = 0x7000;
constexpr std::uint64_t variant = std::uint64_t{0b10} << 62;
constexpr unsigned item_bits = 40;
constexpr unsigned low_random_bits = 22;

constexpr std::uint64_t low_bits(unsigned count) noexcept {
  return (std::uint64_t{1} << count) - 1;
}

constexpr bool is_dash(std::size_t at) noexcept {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

} // namespace

job_id make_job_id(std::uint64_t unix_ms, std::uint64_t random, std::uint64_t item) noexcept {
  const auto first = (random >> low_random_bits) & low_bits(12);
  const auto second = random & low_bits(low_random_bits);
  return {(unix_ms & low_bits(48)) << 16 | version_7 | first,
          variant | second << item_bits | (item & low_bits(item_bits))};
}

std::uint64_t time_of(const job_id& id) noexcept {
  return id.high >> 16;
}

std::uint64_t random_of(const job_id& id) noexcept {
  return (id.high & low_bits(12)) << low_random_bits |
         ((id.low >> item_bits) & low_bits(low_random_bits));
}

std::uint64_t item_of(const job_id& id) noexcept {
  return id.low & low_bits(item_bits);
}

std::string to_text(const job_id& id) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (const auto half : {id.high, id.low})
    for (int shift = 60; shift >= 0; shift -= 4) {
      if (is_dash(out.size())) out += '-';
      out += digits[(half >> shift) & 0xf];
    }
  return out;
}

std::optional<job_id> job_id_of(std::string_view text) noexcept {
  if (text.size() != 36) return std::nullopt;
  std::array<char, 32> digits{};
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((text[at] == '-') != is_dash(at)) return std::nullopt;
    if (text[at] != '-') digits[count++] = text[at];
  }
  job_id out;
  const auto* const middle = digits.data() + 16;
  const auto high = std::from_chars(digits.data(), middle, out.high, 16);
  const auto low = std::from_chars(middle, middle + 16, out.low, 16);
  const bool is_hex = high.ptr == middle && low.ptr == middle + 16;
  if (!is_hex || (out.high & 0xf000) != version_7 || out.low >> 62 != 0b10) return std::nullopt;
  return out;
}

} // namespace squall::proto
