#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace squall::cli {

enum class tone { plain, good, warning, bad, faint };

/// One cell of a table.
struct cell {
  std::string text;
  bool right = false; ///< numbers stand at the right
  tone shade = tone::plain;

  cell(std::string words, tone colour = tone::plain) : text(std::move(words)), shade(colour) {}
  cell(const char* words) : text(words) {}
  /// A number with separators. 0 is faint unless another tone is given.
  explicit cell(std::uint64_t number, tone colour = tone::plain);
};

/// Aligned columns with a heading, for people. Pure.
class table {
public:
  explicit table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  /// A row of as many cells as there are headings.
  void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const noexcept { return rows_.empty(); }

  /// The lines. Control characters of a cell, which a peer may have chosen, are shown as '?'.
  std::string render(bool colours) const;

private:
  std::vector<std::string> headings_;
  std::vector<std::vector<cell>> rows_;
};

} // namespace squall::cli
