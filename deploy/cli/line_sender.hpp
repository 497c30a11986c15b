#pragma once

#include "deploy/cli/entry_batch.hpp"
#include "deploy/cli/line_splitter.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace squall::cli {

/// What is made of the lines of stdin, and who takes it.
struct line_work {
  /// The entry of a line, which is valid JSON.
  std::function<std::string(const numbered_line&)> entry;
  /// Takes entries with commas between them. Throws when it has taken none of them.
  std::function<void(const std::string& entries)> send;
  std::size_t max_entries = entry_batch::most_entries; ///< that `send` takes at a time
  std::string done = "lines were sent";                ///< for people
  bool shows_progress = true;                          ///< on a terminal
};

struct line_counts {
  std::uint64_t sent = 0;
  std::uint64_t bad = 0; ///< no JSON; each was said on stderr
};

/// Reads stdin to its end and sends the lines, as many at a time as are there already. Throws what
/// `send` throws, once it has said how far it came.
line_counts send_lines(const line_work& work);

} // namespace squall::cli
