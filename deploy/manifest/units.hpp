#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Durations, sizes and numbers as people write them. Pure; any thread.
namespace squall::manifest {

/// Reads `500ms`, `10s`, `1.5m`, `1h` or `250us`, to the nearest microsecond. A bare number is
/// seconds. Nothing when it is none of these,
/// negative, or above 24,000 hours.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);

/// Reads a number of bytes: `4096`, `8KiB`, `1MiB`, `2GiB` (1024), `8kB`, `1MB` (1000), also with a
/// fraction. Nothing when it is none of these, negative, or above 2^53.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// The shortest way to write a duration that `parse_duration` reads back: `30s`, `500ms`.
std::string format_duration(std::chrono::microseconds value);

/// The shortest way to write a size that `parse_size` reads back: `1MiB`, `8KiB`, `100`.
std::string format_size(std::uint64_t bytes);

/// 1234567 as `1,234,567`.
std::string format_count(std::uint64_t value);

/// Time since a start, for people: `4s`, `12m`, `3h 20m`, `5d 4h`.
std::string format_age(std::uint64_t seconds);

} // namespace squall::manifest
