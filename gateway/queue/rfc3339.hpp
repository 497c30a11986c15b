#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times as RFC 3339 writes them. Unix time in milliseconds. Pure.
namespace squall::gateway {

/// Reads a date with a time and an offset from UTC, such as `2030-06-01T12:00:00Z` or
/// `2030-06-01T14:00:00.5+02:00`; nothing when it is none. What is finer than a millisecond is cut
/// off. A leap second is taken where one can be, at the end of a month in UTC, and is the second
/// behind it, as in POSIX.
std::optional<std::int64_t> read_time(std::string_view text);

/// Appends it in UTC, with milliseconds.
void append_time(std::string& out, std::uint64_t unix_ms);

} // namespace squall::gateway
