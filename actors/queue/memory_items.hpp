#pragma once

#include "actors/queue/lease_ids.hpp"
#include "actors/queue/memory_item.hpp"
#include "actors/queue/memory_jobs.hpp"
#include "actors/queue/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace squall::actors {

/// The items of a memory store in all its queues: their leases, their times, and what they take of
/// its bound. What becomes of an item is done here. Not thread-safe.
class memory_items {
public:
  memory_item& add(memory_queue& queue, proto::new_item&& item, unix_ms now);
  void erase(memory_item& item);

  proto::leased_item hand_out(memory_item& item, std::uint32_t lease_ms, unix_ms now);
  void extend(memory_item& item, std::uint32_t lease_ms, unix_ms now);
  /// Back, and the attempt not counted.
  void release(memory_item& item);
  /// The time of a pause is over.
  void wake(memory_item& item) { move(item, item_state::ready); }
  /// A lease ends without an ack: ready, pausing, or dead.
  void fail(memory_item& item, const settlement& why, std::uint32_t pause_ms, unix_ms now);
  /// A job whose time to live is over is dead.
  void give_up(memory_item& item, unix_ms now);
  /// A job is done or cancelled.
  void end(memory_item& item, item_state state, unix_ms now);
  void set_result(memory_item& item, std::string result, std::string worker);
  /// Of a job that is leased.
  void set_progress(memory_item& item, std::string progress);
  /// False when another job has its unique key now.
  bool revive(memory_item& item);

  /// Null when it is not held.
  memory_item* leased(std::string_view lease) const noexcept;
  const memory_jobs& jobs() const noexcept { return jobs_; }
  /// The one whose time comes first; null when none has a time.
  memory_item* next_due() const noexcept {
    return times_.empty() ? nullptr : times_.begin()->second;
  }

  /// Of the store's bound.
  std::size_t bytes() const noexcept { return bytes_; }
  std::uint64_t random_bits() { return ids_.bits(); }

private:
  /// Items to which something happens, in the order of its time.
  using timetable = std::set<std::pair<std::pair<unix_ms, std::uint64_t>, memory_item*>>;

  void move(memory_item& item, item_state to, unix_ms due = 0);
  void die(memory_item& item, unix_ms now);
  /// Forgets its lease and its time.
  void let_go(memory_item& item);

  std::size_t bytes_ = 0;
  std::unordered_map<lease_id, memory_item*, lease_id_hash> leases_;
  timetable times_;
  memory_jobs jobs_;
  lease_ids ids_;
  std::uint64_t last_item_ = 0;
};

} // namespace squall::actors
