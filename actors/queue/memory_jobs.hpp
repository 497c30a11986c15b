#pragma once

#include "actors/queue/memory_item.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <unordered_map>

namespace squall::actors {

/// Finds the jobs of a memory store, in all its queues. Not thread-safe.
class memory_jobs {
public:
  /// Its idempotency key stands for it from now on.
  void add(memory_item& job);
  void forget(const memory_item& job);

  /// Null when there is none.
  memory_item* find(const proto::job_id& id) const noexcept;
  /// What `key` stands for at `now`; null when that is nothing.
  memory_item* with_key(std::string_view key, unix_ms now) const noexcept;

  /// Writes `jobs` and `next`.
  void list(const proto::job_filter& which, view& out) const;

private:
  std::map<std::uint64_t, memory_item*, std::greater<>> jobs_;
  std::unordered_map<std::string_view, memory_item*> keys_; ///< the keys are the jobs' own
};

} // namespace squall::actors
