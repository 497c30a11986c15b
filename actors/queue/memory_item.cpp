#include "actors/queue/memory_item.hpp"

#include "actors/queue/failures.hpp"
#include "actors/queue/job_rules.hpp"
#include "actors/queue/memory_queue.hpp"

#include <utility>

namespace squall::actors {
namespace {

std::size_t cost_of(const proto::job_options& options) {
  return job_overhead + options.kind.size() + options.idempotency_key.size() +
         options.unique_key.size();
}

} // namespace

std::size_t cost_of(const memory_item& item) {
  auto out = item_overhead + item.body.size();
  for (const auto& each : item.failures)
    out += sizeof(each) + each.error.size() + each.worker.size();
  if (item.job)
    out += cost_of(item.job->options) + item.job->worker.size() + item.job->progress.size() +
           item.job->result.size();
  return out;
}

std::size_t cost_of(const proto::new_item& item) {
  return item_overhead + item.body.size() + (item.job.kind.empty() ? 0 : cost_of(item.job));
}

void add_failure(memory_item& item, std::string error, std::string worker, unix_ms now) {
  cut_error(error);
  if (item.failures.size() == most_failures) item.failures.erase(item.failures.begin());
  item.failures.push_back({item.attempt, now, std::move(error), std::move(worker)});
}

proto::job_view view_of(const memory_item& item, bool whole) {
  const auto& job = *item.job;
  proto::job_view out;
  out.id = job.id;
  out.queue = item.queue->name();
  out.kind = job.options.kind;
  out.state = item.state;
  out.priority = item.priority;
  out.attempt = item.attempt;
  out.max_attempts = most_attempts(job.options.max_attempts, item.queue->settings());
  out.created_ms = item.put_at;
  out.due_ms = item.state == item_state::ready ? 0 : item.due;
  out.started_ms = job.started;
  out.ended_ms = job.ended;
  out.worker = job.worker;
  out.attempts = item.failures;
  out.changes = job.changes;
  out.progress = job.progress;
  if (!whole) return out;
  out.params = item.body;
  out.result = job.result;
  return out;
}

settled settled_of(const memory_item& item) {
  settled out;
  out.queue = item.queue->name();
  out.limited = item.queue->settings().max_running > 0;
  if (item.due > 0) out.next = item.due;
  if (!item.job) return out;
  out.job = item.job->id;
  out.state = item.state;
  return out;
}

} // namespace squall::actors
