#pragma once

#include "actors/router_index.hpp"
#include "actors/router_roster.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace squall::actors {

/// A call that the router has taken on and is not done with.
struct router_call {
  std::uint64_t id = 0; ///< 0: this entry is free
  std::uint64_t connection = 0;
  std::chrono::steady_clock::time_point arrival;
  std::chrono::steady_clock::time_point deadline;
  router_kind* kind = nullptr;
  router_pool* at = nullptr; ///< where it is worked on; null: it stands in its kind's line
  std::string params;        ///< kept until the call is done with
  std::uint32_t attempt = 0;
  std::uint32_t first_index = 0;
  waiting_line::place place = 0; ///< in the line
  std::uint8_t priority = 0;
  std::uint8_t losses = 0; ///< workers that died with it
  bool tells_progress = false;
  bool wanted = true; ///< false: it is at a worker, and nobody wants its answer any more
};

/// The calls that a router has taken on, by id. Entries are used again, so that calls that come
/// and go allocate nothing; references stay valid. Not thread-safe.
class router_ledger {
public:
  using entry = std::uint32_t;

  /// Adds a call whose id is not there yet; the caller fills in the rest.
  std::pair<entry, router_call&> add(std::uint64_t id);
  void erase(entry which);
  std::optional<entry> find(std::uint64_t id) const noexcept { return by_id_.find(id); }
  router_call& operator[](entry which) noexcept { return calls_[which]; }

  std::size_t size() const noexcept { return by_id_.size(); }
  /// How many calls of a bridge there are.
  std::size_t of_bridge(std::uint8_t bridge) const noexcept { return per_bridge_[bridge]; }

  /// The calls for which `test(const router_call&)` is true, the oldest first. Looks at all of
  /// them: for the rare events.
  template <class Predicate>
  std::vector<entry> select(Predicate test) const {
    std::vector<entry> out;
    for (entry i = 0; i < calls_.size(); ++i)
      if (calls_[i].id != 0 && test(calls_[i])) out.push_back(i);
    sort_by_age(out);
    return out;
  }

private:
  void sort_by_age(std::vector<entry>& which) const;

  std::deque<router_call> calls_;
  std::vector<entry> free_;
  router_index by_id_;
  std::array<std::uint32_t, 256> per_bridge_{};
};

} // namespace squall::actors
