#pragma once

#include "deploy/cli/line_splitter.hpp"
#include "deploy/cli/queue/api.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace squall::cli {

/// Gathers items for one request. Pure.
class item_batch {
public:
  static constexpr std::size_t most_items = 1'000;
  /// Half of what a gateway takes by default. A larger item travels alone.
  static constexpr std::size_t max_bytes = 512 * 1024;

  item_batch(const item_options& options, std::size_t max_items)
      : options_(options), max_items_(max_items) {}

  /// Takes the item of a line of JSON text in, and says whether there was room for it.
  bool add(const numbered_line& line);
  bool empty() const noexcept { return count_ == 0; }
  std::size_t count() const noexcept { return count_; }
  /// The line of the first item.
  std::uint64_t first_line() const noexcept { return first_line_; }
  /// As `put_items` takes them.
  const std::string& entries() const noexcept { return entries_; }
  void clear();

private:
  item_options options_;
  std::size_t max_items_;
  std::string entries_;
  std::size_t count_ = 0;
  std::uint64_t first_line_ = 0;
};

} // namespace squall::cli
