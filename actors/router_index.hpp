#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace squall::actors {

/// Finds small numbers (positions in a table) by 64-bit keys: an open hash table with linear
/// probing and without tombstones, so that it neither allocates nor decays when calls come and go
/// a million times a second. Key 0 is not allowed. Not thread-safe.
class router_index {
public:
  std::optional<std::uint32_t> find(std::uint64_t key) const noexcept;
  /// `key` must not be there yet.
  void add(std::uint64_t key, std::uint32_t value);
  /// Does nothing when `key` is not there.
  void erase(std::uint64_t key) noexcept;
  std::size_t size() const noexcept { return size_; }

private:
  struct cell {
    std::uint64_t key = 0; ///< 0: empty
    std::uint32_t value = 0;
  };

  std::size_t home(std::uint64_t key) const noexcept;
  std::size_t next(std::size_t i) const noexcept { return (i + 1) & (cells_.size() - 1); }
  std::size_t locate(std::uint64_t key) const noexcept;
  void grow();

  std::vector<cell> cells_ = std::vector<cell>(64);
  std::size_t size_ = 0;
};

} // namespace squall::actors
