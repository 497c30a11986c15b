#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace squall::cli::bench {

/// The questions of one connection that wait for their answers: at most as many as it was made
/// for. Answers come in order, or name the slot of their question. One thread.
class pending {
public:
  struct entry {
    std::uint32_t question = 0; ///< index in the table
    bool taken = false;
    std::int64_t since_ns = 0; ///< when it was asked, or had to be
  };

  explicit pending(std::size_t capacity) : slots_(capacity) {}

  std::size_t size() const noexcept { return size_; }
  bool full() const noexcept { return size_ == slots_.size(); }

  /// Takes the next free slot, which must exist, and returns its number.
  std::size_t add(std::uint32_t question, std::int64_t since_ns) noexcept;

  /// Frees the slot `id`, or the one taken first, and returns what it held. Nothing when no
  /// question waits there.
  std::optional<entry> remove(std::optional<std::size_t> id) noexcept;

private:
  std::size_t after(std::size_t slot) const noexcept {
    return slot + 1 == slots_.size() ? 0 : slot + 1;
  }

  std::vector<entry> slots_;
  std::size_t next_ = 0;
  std::size_t oldest_ = 0;
  std::size_t size_ = 0;
};

} // namespace squall::cli::bench
