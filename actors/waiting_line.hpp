#pragma once

#include "actors/router_index.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace squall::actors {

/// How many calls may wait.
struct line_bounds {
  std::size_t connection = 16'384; ///< of one connection, for one kind
  std::size_t total = 65'536;      ///< for one kind
  std::size_t bytes = 256u << 20;  ///< of their params together, for one kind
};

/// The calls of one kind that wait for a free slot. The highest priority goes first; inside it the
/// connections take turns; inside a connection the first come is the first served. Every operation
/// takes constant time. Owned by the router; not thread-safe.
class waiting_line {
public:
  /// What waits: a number that means something to the owner.
  using entry = std::uint32_t;
  /// Where an entry stands, for `erase`; valid until it is taken out.
  using place = std::uint32_t;
  enum class room : std::uint8_t { free, connection_full, line_full, bytes_full };

  static constexpr unsigned priorities = 10;

  explicit waiting_line(line_bounds bounds = {}) : bounds_{bounds} {}

  /// Whether `connection` may add one more, of so many bytes.
  room room_for(std::uint64_t connection, std::size_t bytes = 0) const noexcept;
  /// Adds an entry behind those of its connection. Ask `room_for` first; `priority` above 9 is 9.
  place push(entry what, std::uint64_t connection, unsigned priority, std::size_t bytes = 0);
  /// Puts an entry that was in line before to the very front of its priority. Never refused.
  place give_back(entry what, std::uint64_t connection, unsigned priority, std::size_t bytes = 0);
  /// Takes out the entry whose turn it is. The line must not be empty.
  entry pop();
  /// Takes out the entry at `at`, wherever it stands.
  void erase(place at);

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  std::size_t bytes() const noexcept { return bytes_; }
  const line_bounds& bounds() const noexcept { return bounds_; }

private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct node {
    entry what = 0;
    std::uint32_t lane = none;
    std::uint32_t previous = none;
    std::uint32_t next = none; ///< in the lane, or in the list of free nodes
    std::size_t bytes = 0;
  };
  /// The entries of one connection with one priority; lanes that have some stand in a ring.
  struct lane {
    std::uint32_t head = none;
    std::uint32_t tail = none;
    std::uint32_t previous = none;
    std::uint32_t next = none;
  };
  struct connection {
    std::uint64_t id = 0;
    std::size_t size = 0;
  };

  std::uint32_t lane_of(std::uint64_t connection, unsigned priority);
  std::uint32_t make_node(entry what, std::uint32_t lane, std::size_t bytes);
  void enter_ring(std::uint32_t lane, bool first);
  void leave_ring(std::uint32_t lane);
  void count_out(std::uint32_t lane);

  line_bounds bounds_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  std::vector<node> nodes_;
  std::uint32_t free_node_ = none;
  router_index by_connection_; ///< keys are connection + 1: 0 is a connection, but no key
  std::vector<connection> connections_;
  std::vector<lane> lanes_; ///< ten for each connection
  std::vector<std::uint32_t> free_connections_;
  std::array<std::uint32_t, priorities> turn_ = all_none(); ///< the lane whose turn it is
  std::uint32_t busy_ = 0;                                  ///< one bit a priority that has entries

  static constexpr std::array<std::uint32_t, priorities> all_none() {
    std::array<std::uint32_t, priorities> out{};
    out.fill(none);
    return out;
  }
};

} // namespace squall::actors
