#pragma once

#include <cstddef>
#include <string>

namespace squall::actors {

/// Of an item that may fail without end the newest so many failures are kept.
inline constexpr std::size_t most_failures = 100;
/// An error is for people, and stays as long as its item: a longer one is cut.
inline constexpr std::size_t most_error_bytes = 4'096;

/// Cuts a long error in front of a character of UTF-8.
inline void cut_error(std::string& error) {
  if (error.size() <= most_error_bytes) return;
  auto end = most_error_bytes;
  while (end > 0 && (static_cast<unsigned char>(error[end]) & 0xC0) == 0x80) // inside a character
    --end;
  error.resize(end);
  error.shrink_to_fit();
}

} // namespace squall::actors
