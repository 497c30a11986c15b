#include "deploy/manifest/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace squall::manifest {

namespace {

struct unit {
  std::string_view name;
  double factor;
};

constexpr std::array duration_units{unit{"", 1e6},   unit{"us", 1},   unit{"ms", 1e3},
                                    unit{"s", 1e6},  unit{"m", 60e6}, unit{"min", 60e6},
                                    unit{"h", 3.6e9}};

constexpr std::array size_units{
    unit{"", 1},       unit{"B", 1},        unit{"KiB", 1024.},     unit{"MiB", 1048576.},
    unit{"kB", 1000.}, unit{"KB", 1000.},   unit{"MB", 1e6},        unit{"GB", 1e9},
    unit{"K", 1024.},  unit{"M", 1048576.}, unit{"G", 1073741824.}, unit{"GiB", 1073741824.}};

constexpr double max_duration_us = 24'000 * 3.6e9;
constexpr double max_size = 9007199254740992.0; // 2^53: exact in a double

/// A decimal number followed by one of `units`, as a multiple of the smallest unit.
std::optional<std::uint64_t> parse(std::string_view text, std::span<const unit> units, double max) {
  if (text.empty() || text.front() == '-') return std::nullopt;
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  for (const auto& candidate : units) {
    if (candidate.name != rest) continue;
    const double scaled = std::round(value * candidate.factor);
    if (!std::isfinite(scaled) || scaled > max) return std::nullopt;
    return static_cast<std::uint64_t>(scaled);
  }
  return std::nullopt;
}

} // namespace

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
  const auto us = parse(text, duration_units, max_duration_us);
  if (!us) return std::nullopt;
  return std::chrono::microseconds(*us);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse(text, size_units, max_size);
}

std::string format_duration(std::chrono::microseconds value) {
  const auto us = value.count();
  if (us == 0) return "0s";
  if (us % 3'600'000'000 == 0) return std::to_string(us / 3'600'000'000) + "h";
  if (us % 60'000'000 == 0 && us > 60'000'000) return std::to_string(us / 60'000'000) + "m";
  if (us % 1'000'000 == 0) return std::to_string(us / 1'000'000) + "s";
  if (us % 1'000 == 0) return std::to_string(us / 1'000) + "ms";
  return std::to_string(us) + "us";
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::uint64_t kib = 1024;
  if (bytes == 0) return "0";
  if (bytes % (kib * kib * kib) == 0) return std::to_string(bytes / (kib * kib * kib)) + "GiB";
  if (bytes % (kib * kib) == 0) return std::to_string(bytes / (kib * kib)) + "MiB";
  if (bytes % kib == 0) return std::to_string(bytes / kib) + "KiB";
  return std::to_string(bytes);
}

std::string format_count(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string format_age(std::uint64_t seconds) {
  const auto two = [](std::uint64_t big, const char* big_unit, std::uint64_t small,
                      const char* small_unit) {
    std::string text = std::to_string(big) + big_unit;
    if (small != 0) text.append(" ").append(std::to_string(small)).append(small_unit);
    return text;
  };
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 3'600) return two(seconds / 60, "m", seconds % 60, "s");
  if (seconds < 86'400) return two(seconds / 3'600, "h", seconds % 3'600 / 60, "m");
  return two(seconds / 86'400, "d", seconds % 86'400 / 3'600, "h");
}

} // namespace squall::manifest
