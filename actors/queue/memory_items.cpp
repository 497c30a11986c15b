#include "actors/queue/memory_items.hpp"

#include "actors/queue/job_rules.hpp"
#include "actors/queue/memory_queue.hpp"

#include <memory>

namespace squall::actors {

memory_item& memory_items::add(memory_queue& queue, proto::new_item&& item, unix_ms now) {
  const auto id = ++last_item_;
  const auto delay_ms = item.delay_ms;
  std::unique_ptr<memory_job> job;
  if (!item.job.kind.empty()) {
    job = std::make_unique<memory_job>();
    job->id = proto::make_job_id(now, ids_.bits(), id);
    job->options = std::move(item.job);
    if (job->options.ttl_ms > 0) job->expires = now + job->options.ttl_ms;
  }
  auto& added = queue.add(id, std::move(item), std::move(job), now);
  bytes_ += cost_of(added);
  if (added.job) jobs_.add(added);
  if (delay_ms > 0)
    move(added, item_state::delayed, now + delay_ms);
  else if (added.expires() > 0)
    move(added, item_state::ready);
  if (added.job) added.job->changes = 1;
  return added;
}

void memory_items::erase(memory_item& item) {
  let_go(item);
  bytes_ -= cost_of(item);
  if (item.job) jobs_.forget(item);
  item.queue->erase(item);
}

proto::leased_item memory_items::hand_out(memory_item& item, std::uint32_t lease_ms, unix_ms now) {
  auto& queue = *item.queue;
  if (lease_ms == 0) lease_ms = queue.settings().lease_ms;
  item.lease = ids_.next();
  ++item.attempt;
  ++queue.books.total_leased;
  move(item, item_state::leased, now + lease_ms);
  proto::leased_item out{item.id,       to_text(item.lease), item.body,
                         item.priority, item.attempt,        lease_ms};
  if (!item.job) return out;
  bytes_ -= item.job->worker.size() + item.job->progress.size();
  item.job->worker.clear();
  item.job->progress.clear();
  item.job->started = now;
  out.job = item.job->id;
  out.kind = item.job->options.kind;
  out.timeout_ms = item.job->options.timeout_ms;
  return out;
}

void memory_items::extend(memory_item& item, std::uint32_t lease_ms, unix_ms now) {
  move(item, item_state::leased, now + lease_ms);
}

void memory_items::release(memory_item& item) {
  item.queue->rate.give_back();
  --item.attempt;
  if (item.job && item.attempt == 0) item.job->started = 0;
  move(item, item_state::ready);
}

void memory_items::fail(memory_item& item, const settlement& why, std::uint32_t pause_ms,
                        unix_ms now) {
  bytes_ -= cost_of(item);
  add_failure(item, why.error, why.worker, now);
  if (item.job) item.job->worker = why.worker;
  bytes_ += cost_of(item);
  const auto& settings = item.queue->settings();
  const auto most =
      item.job ? most_attempts(item.job->options.max_attempts, settings) : settings.max_attempts;
  if (why.no_more || item.attempt >= most)
    die(item, now);
  else if (pause_ms > 0)
    move(item, item_state::delayed, now + pause_ms);
  else
    move(item, item_state::ready);
}

void memory_items::give_up(memory_item& item, unix_ms now) {
  bytes_ -= cost_of(item);
  add_failure(item, not_begun_in_time, {}, now);
  bytes_ += cost_of(item);
  die(item, now);
}

void memory_items::die(memory_item& item, unix_ms now) {
  if (item.job) item.job->ended = now;
  move(item, item_state::dead);
}

void memory_items::end(memory_item& item, item_state state, unix_ms now) {
  auto& job = *item.job;
  job.ended = now;
  move(item, state,
       kept_until(item.put_at, now, job.options.result_ttl_ms,
                  !job.options.idempotency_key.empty()));
}

void memory_items::set_result(memory_item& item, std::string result, std::string worker) {
  bytes_ -= cost_of(item);
  item.queue->books.bytes += result.size();
  item.job->result = std::move(result);
  item.job->worker = std::move(worker);
  bytes_ += cost_of(item);
}

void memory_items::set_progress(memory_item& item, std::string progress) {
  bytes_ -= item.job->progress.size();
  item.job->progress = std::move(progress);
  bytes_ += item.job->progress.size();
  ++item.job->changes;
}

bool memory_items::revive(memory_item& item) {
  auto* job = item.job.get();
  if (job && !job->options.unique_key.empty() && item.queue->unique(job->options.unique_key))
    return false;
  bytes_ -= cost_of(item);
  item.failures.clear();
  item.attempt = 0;
  if (job) {
    job->expires = job->started = job->ended = 0;
    job->worker.clear();
    job->progress.clear();
  }
  bytes_ += cost_of(item);
  move(item, item_state::ready);
  return true;
}

memory_item* memory_items::leased(std::string_view lease) const noexcept {
  const auto id = lease_id_of(lease);
  const auto found = id ? leases_.find(*id) : leases_.end();
  return found == leases_.end() ? nullptr : found->second;
}

void memory_items::move(memory_item& item, item_state to, unix_ms due) {
  let_go(item);
  if (item.job && to != item.state) ++item.job->changes;
  item.queue->move(item, to);
  if (to == item_state::leased) leases_.emplace(item.lease, &item);
  item.due = next_time(to, due, item.expires());
  if (item.due > 0) times_.insert({{item.due, item.id}, &item});
}

void memory_items::let_go(memory_item& item) {
  if (item.due > 0) times_.erase({{std::exchange(item.due, 0), item.id}, &item});
  if (item.state == item_state::leased) leases_.erase(item.lease);
}

} // namespace squall::actors
