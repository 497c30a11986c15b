#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace squall::cli {

/// One line of input without its end, and its number from 1.
struct numbered_line {
  std::uint64_t number = 0;
  std::string text;

  friend bool operator==(const numbered_line&, const numbered_line&) = default;
};

/// Cuts a stream of bytes into lines. Spaces around a line and a carriage return at its end are
/// dropped; empty lines are counted and left out. Pure.
class line_splitter {
public:
  static constexpr std::size_t max_line = 16 * 1024 * 1024;

  /// Appends the lines that `bytes` complete. Throws std::length_error, which names the line, when
  /// one is longer than `max_line`.
  void feed(std::string_view bytes, std::vector<numbered_line>& lines);
  /// The input ended: appends the last line when no line end closed it.
  void finish(std::vector<numbered_line>& lines);

private:
  void take(std::string_view line, std::vector<numbered_line>& lines);

  std::string rest_;
  std::uint64_t number_ = 0;
};

} // namespace squall::cli
