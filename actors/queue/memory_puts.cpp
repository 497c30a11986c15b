#include "actors/queue/memory_puts.hpp"

#include "actors/queue/job_rules.hpp"

#include <utility>

namespace squall::actors {
namespace {

/// What is there in place of a job that is put; nothing when `job` is null.
struct same_job {
  memory_item* job = nullptr;
  bool by_key = false; ///< by its idempotency key, which counts more than its unique one
};

same_job find_same(const proto::job_options& options, const memory_jobs& jobs,
                   const memory_queue* queue, unix_ms now) {
  if (!options.idempotency_key.empty())
    if (auto* found = jobs.with_key(options.idempotency_key, now)) return {found, true};
  if (!queue || options.unique_key.empty()) return {};
  return {queue->unique(options.unique_key), false};
}

} // namespace

memory_put_plan plan_put(std::span<const proto::new_item> items, const memory_jobs& jobs,
                         const memory_queue* queue, unix_ms now) {
  memory_put_plan out;
  out.key_reused = !keys_agree(items);
  for (const auto& each : items) {
    const auto same = find_same(each.job, jobs, queue, now);
    if (same.by_key) out.key_reused |= same.job->job->options.fingerprint != each.job.fingerprint;
    if (same.job) continue;
    ++out.fresh;
    out.cost += cost_of(each);
  }
  return out;
}

std::vector<proto::job_view> put_jobs(std::span<proto::new_item> items, memory_items& to,
                                      memory_queue& queue, unix_ms now) {
  std::vector<proto::job_view> out;
  out.reserve(items.size());
  std::size_t fresh = 0;
  for (auto& each : items) {
    auto* job = find_same(each.job, to.jobs(), &queue, now).job;
    const bool existed = job != nullptr;
    if (!existed) {
      job = &to.add(queue, std::move(each), now);
      ++fresh;
    }
    out.push_back(view_of(*job, false));
    out.back().existed = existed;
  }
  queue.books.count_put(fresh, now);
  return out;
}

} // namespace squall::actors
