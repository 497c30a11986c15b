#include "deploy/cli/line_splitter.hpp"

#include <stdexcept>
#include <utility>

namespace squall::cli {

void line_splitter::feed(std::string_view bytes, std::vector<numbered_line>& lines) {
  for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    rest_.append(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    take(rest_, lines);
    rest_.clear();
  }
  rest_.append(bytes);
  if (rest_.size() > max_line) {
    throw std::length_error("line " + std::to_string(number_ + 1) + " is longer than 16 MiB");
  }
}

void line_splitter::finish(std::vector<numbered_line>& lines) {
  if (!rest_.empty()) take(rest_, lines);
  rest_.clear();
}

void line_splitter::take(std::string_view line, std::vector<numbered_line>& lines) {
  ++number_;
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return;
  const auto last = line.find_last_not_of(" \t\r");
  lines.push_back({number_, std::string(line.substr(first, last - first + 1))});
}

} // namespace squall::cli
