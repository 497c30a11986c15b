#include "actors/queue/durable/stored_item.hpp"

#include "actors/queue/job_rules.hpp"

#include <algorithm>

namespace squall::actors {

std::int64_t rank_of(proto::queue_order order, std::uint64_t id, std::uint8_t priority) noexcept {
  switch (order) {
  case proto::queue_order::lifo:
    return -static_cast<std::int64_t>(id);
  case proto::queue_order::priority:
    return highest_priority - std::min(priority, highest_priority);
  case proto::queue_order::fifo:
    break;
  }
  return 0;
}

proto::job_view view_of(const stored_item& item, const stored_queue& queue) {
  const auto& job = *item.job;
  proto::job_view out;
  out.id = id_of(item);
  out.queue = queue.name;
  out.kind = job.kind;
  out.state = item.state;
  out.priority = item.priority;
  out.attempt = item.attempt;
  out.max_attempts = most_attempts(job.max_attempts, queue.settings);
  out.created_ms = item.put_at;
  out.due_ms = item.state == item_state::ready ? 0 : item.due;
  out.started_ms = job.started;
  out.ended_ms = job.ended;
  out.worker = job.worker;
  out.changes = job.changes;
  out.progress = job.progress;
  return out;
}

} // namespace squall::actors
