#pragma once

#include "actors/queue/durable/stored_item.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace squall::actors {

/// What is in a store's tables of the items put last, so that what happens to them soon (they are
/// handed out, end, and are told of) need not be read. Whoever writes to the tables writes here,
/// too; the tables alone last. Items leave in the order in which they came when all together
/// have too many bytes, by one that is added or by one that grows; large ones are not kept. Pure.
class recent_items {
public:
  struct entry {
    stored_item item; ///< whole
    std::string body;
    std::string result;      ///< of a job that is done
    bool has_failed = false; ///< its failures are in the tables
  };

  static constexpr std::size_t most_bytes = 16 << 20;
  static constexpr std::size_t most_item_bytes = 16 << 10; ///< of a body, or a result

  explicit recent_items(std::size_t most = most_bytes) noexcept : most_{most} {}

  /// A new item, whose number is above those of all others.
  void add(const stored_item& item, const std::string& body);
  /// Null when it is not kept; then it may be in the tables. Good until the next change.
  const entry* find(std::uint64_t id) const;
  /// See `store_tables`.
  void update(const stored_item& item);
  void begin(std::uint64_t id, unix_ms now);
  void set_result(std::uint64_t id, const std::string& result);
  void set_failed(std::uint64_t id);
  void erase(std::uint64_t id);
  /// Those of a queue whose states are among these, a bit each.
  void erase_all(std::uint64_t queue, std::uint32_t states);
  void clear();

  std::size_t size() const noexcept { return entries_.size(); }

private:
  using by_id = std::unordered_map<std::uint64_t, entry>;

  static std::size_t bytes_of(const entry& kept) noexcept;
  void forget(by_id::iterator which);
  /// Has the oldest leave until the rest has no more than `most_`.
  void trim();
  /// Applies `change` to an item that is kept. It may leave by that.
  template <class Change>
  void with(std::uint64_t id, Change change);

  std::size_t most_;
  std::size_t bytes_ = 0;
  by_id entries_;
  std::uint64_t oldest_ = 0; ///< none that is kept has a lower number
};

} // namespace squall::actors
