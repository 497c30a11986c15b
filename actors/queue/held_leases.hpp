#pragma once

#include "proto/queue.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace squall::actors {

/// An item in hand.
struct held_lease {
  std::uint32_t owner = 0; ///< a number of the holder's
  std::string lease;
  std::uint32_t lease_ms = 0;
  bool job = false;
  std::string progress; ///< of a job: JSON for the next extension
  std::optional<std::chrono::steady_clock::time_point> extend_at; ///< nothing: an extension is
                                                                  ///< under way, or none is wanted
};

/// The items that somebody has in hand, under ids of the holder's, with the extensions of their
/// leases: each at half its time. Pure: no runtime, times are arguments.
class held_leases {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Takes the lease out of `item`.
  void add(std::uint64_t id, std::uint32_t owner, proto::leased_item& item, time_point now);
  /// Nothing when no item with this id is held.
  std::optional<held_lease> take(std::uint64_t id);
  /// The item stays, but its lease is not extended any more.
  void stop_extending(std::uint64_t id);

  /// A job is so far: its lease is extended with this, at once or after the extension that is
  /// under way. Nothing happens when no item with this id is held.
  void tell(std::uint64_t id, std::string progress, time_point now);

  /// The answer to an extension. True when the lease is lost.
  bool on_extended(const proto::queue_answer& answer, time_point now);
  /// Requests for the extensions that are due, by owner. Their ids are those of the items.
  std::vector<std::pair<std::uint32_t, proto::queue_request>> extend_due(time_point now);
  /// When the next extension is due.
  std::optional<time_point> next() const;

  bool empty() const noexcept { return items_.empty(); }
  std::vector<std::uint64_t> of(std::uint32_t owner) const;
  /// Looks at all items: for what is rare.
  std::optional<std::uint64_t> find(std::string_view lease) const;

private:
  void extend_at(std::uint64_t id, held_lease& item, time_point when);
  void stop_extending(std::uint64_t id, held_lease& item);

  std::unordered_map<std::uint64_t, held_lease> items_;
  std::set<std::pair<time_point, std::uint64_t>> extensions_; ///< of items, when due
};

} // namespace squall::actors
