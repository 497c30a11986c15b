// The part of pool_queue that ends calls early, whole or running.
#include "actors/pool_queue.hpp"

#include <algorithm>

namespace squall::actors {

void pool_queue::cancel(std::uint32_t link, std::span<const std::uint64_t> ids,
                        steady::time_point now) {
  std::vector<std::stop_source> stops;
  {
    std::lock_guard lock{mutex_};
    auto cancelled = [&](std::uint32_t from, std::uint64_t id) {
      return from == link && std::ranges::binary_search(ids, id);
    };
    std::erase_if(queue_, [&](const queued_call& call) {
      if (!cancelled(call.link, call.id)) return false;
      queued_us_ -= call.estimate_us;
      refuse(call, proto::errc::cancelled, now);
      return true;
    });
    for (auto& current : slots_) {
      if (current.id == 0 || current.stopped != proto::errc::none) continue;
      if (!cancelled(current.link, current.id)) continue;
      current.stopped = proto::errc::cancelled;
      stops.push_back(current.source);
    }
  }
  // Outside the lock: a handler's stop callback runs here, and may answer at once.
  for (auto& stop : stops)
    stop.request_stop();
}

void pool_queue::drop(std::uint32_t link) {
  std::vector<std::stop_source> stops;
  {
    std::lock_guard lock{mutex_};
    std::erase_if(queue_, [&](const queued_call& call) {
      if (call.link != link) return false;
      queued_us_ -= call.estimate_us;
      return true;
    });
    std::erase_if(done_, [&](const link_results& done) { return done.link == link; });
    any_done_ = !done_.empty();
    for (auto& current : slots_) {
      if (current.id == 0 || current.link != link) continue;
      current.link = 0;
      current.stopped = proto::errc::cancelled;
      stops.push_back(current.source);
    }
  }
  for (auto& stop : stops)
    stop.request_stop();
}

void pool_queue::close() {
  std::vector<std::stop_source> stops;
  {
    std::lock_guard lock{mutex_};
    closed_ = true;
    queue_.clear();
    queued_us_ = 0;
    for (auto& current : slots_) {
      if (current.id == 0) continue;
      current.link = 0;
      stops.push_back(current.source);
    }
  }
  for (auto& stop : stops)
    stop.request_stop();
}

} // namespace squall::actors
