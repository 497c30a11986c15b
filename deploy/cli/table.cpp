#include "deploy/cli/table.hpp"

#include "deploy/cli/units.hpp"

#include <algorithm>

namespace squall::cli {

namespace {

constexpr std::string_view gap = "  ";

/// Columns that UTF-8 text takes, when each code point takes one.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text;
}

std::string_view code_of(tone shade) {
  switch (shade) {
  case tone::good:
    return "\x1b[32m";
  case tone::warning:
    return "\x1b[33m";
  case tone::bad:
    return "\x1b[31m";
  case tone::faint:
    return "\x1b[2m";
  case tone::plain:
    break;
  }
  return "";
}

std::string coloured(const std::string& text, std::string_view code) {
  return code.empty() ? text : std::string(code) + text + "\x1b[0m";
}

void trim_end(std::string& line) {
  line.erase(line.find_last_not_of(' ') + 1);
}

} // namespace

cell::cell(std::uint64_t number, tone colour)
    : text(format_count(number)), right(true),
      shade(number == 0 && colour == tone::plain ? tone::faint : colour) {}

std::string table::render(bool colours) const {
  std::vector<std::size_t> widths;
  std::vector<bool> right(headings_.size(), false);
  for (const auto& heading : headings_)
    widths.push_back(width_of(heading));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i].text));
      if (row[i].right) right[i] = true;
    }
  }
  std::string out;
  const auto append = [&](std::size_t column, std::string text, std::string_view code) {
    const std::string pad(widths[column] - std::min(widths[column], width_of(text)), ' ');
    text = coloured(text, colours ? code : "");
    if (column != 0) out += gap;
    out += right[column] ? pad + text : text + pad;
  };
  auto end_line = [&out, begin = std::size_t{0}]() mutable {
    std::string line = out.substr(begin);
    trim_end(line);
    out.replace(begin, std::string::npos, line + '\n');
    begin = out.size();
  };
  for (std::size_t i = 0; i < headings_.size(); ++i)
    append(i, headings_[i], "\x1b[1m");
  end_line();
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      append(i, printable(row[i].text), code_of(row[i].shade));
    }
    end_line();
  }
  return out;
}

} // namespace squall::cli
