#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace squall::cli {

/// Gathers entries of a JSON array, each made of a line of input, for one request. Pure.
class entry_batch {
public:
  static constexpr std::size_t most_entries = 1'000;
  /// Half of what a gateway takes by default. A larger entry travels alone.
  static constexpr std::size_t max_bytes = 512 * 1024;

  explicit entry_batch(std::size_t max_entries) : max_entries_(max_entries) {}

  /// Takes the entry of a line in, and says whether there was room for it.
  bool add(std::uint64_t line, std::string_view entry);
  bool empty() const noexcept { return count_ == 0; }
  std::size_t count() const noexcept { return count_; }
  /// The line of the first entry.
  std::uint64_t first_line() const noexcept { return first_line_; }
  /// With commas between them.
  const std::string& entries() const noexcept { return entries_; }
  void clear();

private:
  std::size_t max_entries_;
  std::string entries_;
  std::size_t count_ = 0;
  std::uint64_t first_line_ = 0;
};

} // namespace squall::cli
