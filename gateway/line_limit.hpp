#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace squall::gateway {

/// Which ones of many like lines a log should have: one of a sort in each minute, and no more sorts
/// than it can keep in mind. Pure; one thread at a time.
class line_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::minutes pause{1};
  static constexpr std::size_t most = 256; ///< sorts in mind; beyond them none has a line

  /// Whether to write a line of the sort; then how many were left out since the last one.
  std::optional<std::uint64_t> note(const std::string& sort, time_point now);

private:
  struct entry {
    time_point told;
    std::uint64_t since = 0; ///< more of them that were not told
  };

  std::map<std::string, entry> known_;
};

} // namespace squall::gateway
