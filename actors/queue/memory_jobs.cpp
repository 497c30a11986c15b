#include "actors/queue/memory_jobs.hpp"

#include "actors/queue/job_rules.hpp"
#include "actors/queue/memory_queue.hpp"

namespace squall::actors {
namespace {

bool is_meant(const proto::job_filter& which, const memory_item& item) noexcept {
  return (which.states == 0 || (which.states >> static_cast<unsigned>(item.state) & 1U) != 0) &&
         (which.queue.empty() || which.queue == item.queue->name()) &&
         (which.kind.empty() || which.kind == item.job->options.kind);
}

} // namespace

void memory_jobs::add(memory_item& job) {
  jobs_.emplace_hint(jobs_.begin(), job.id, &job);
  const auto& key = job.job->options.idempotency_key;
  if (key.empty()) return;
  keys_.erase(key); // its text belongs to an older job
  keys_.emplace(key, &job);
}

void memory_jobs::forget(const memory_item& job) {
  jobs_.erase(job.id);
  const auto found = keys_.find(job.job->options.idempotency_key);
  if (found != keys_.end() && found->second == &job) keys_.erase(found);
}

memory_item* memory_jobs::find(const proto::job_id& id) const noexcept {
  const auto found = jobs_.find(proto::item_of(id));
  return found == jobs_.end() || found->second->job->id != id ? nullptr : found->second;
}

memory_item* memory_jobs::with_key(std::string_view key, unix_ms now) const noexcept {
  const auto found = keys_.find(key);
  if (found == keys_.end() || found->second->put_at + job_key_ms <= now) return nullptr;
  return found->second;
}

void memory_jobs::list(const proto::job_filter& which, view& out) const {
  std::size_t looked = 0;
  std::size_t bytes = 0;
  auto each = which.below > 0 ? jobs_.upper_bound(which.below) : jobs_.begin();
  for (; each != jobs_.end(); ++each, ++looked) {
    const auto& item = *each->second;
    const bool meant = is_meant(which, item);
    if (looked == most_listed || (meant && out.jobs.size() == which.most) ||
        bytes > most_list_bytes) {
      out.next = item.id + 1;
      return;
    }
    if (meant) bytes += listed_bytes(out.jobs.emplace_back(view_of(item, false)));
  }
}

} // namespace squall::actors
