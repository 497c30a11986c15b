#include "actors/queue/durable/item_moves.hpp"

#include "actors/queue/durable/lease_text.hpp"
#include "actors/queue/job_rules.hpp"

#include <algorithm>
#include <utility>

namespace squall::actors {
namespace {

stored_job job_of(const proto::job_options& options, std::uint64_t random, unix_ms now) {
  stored_job out;
  out.kind = options.kind;
  out.random = random & ((std::uint64_t{1} << proto::job_id_random_bits) - 1);
  out.max_attempts = options.max_attempts;
  out.timeout_ms = options.timeout_ms;
  out.result_ttl_ms = options.result_ttl_ms;
  if (options.ttl_ms > 0) out.expires = now + options.ttl_ms;
  out.idempotency_key = options.idempotency_key;
  out.unique_key = options.unique_key;
  return out;
}

} // namespace

stored_item item_moves::add(stored_queue& queue, const proto::new_item& item, unix_ms now) {
  stored_item out;
  out.id = tables_.new_item();
  out.queue = queue.id;
  out.state = item.delay_ms > 0 ? item_state::delayed : item_state::ready;
  out.priority = std::min(item.priority, highest_priority);
  out.put_at = now;
  out.bytes = item.body.size();
  out.is_job = !item.job.kind.empty();
  if (out.is_job) out.job = job_of(item.job, ids_.bits(), now);
  out.due = next_time(out.state, now + item.delay_ms, out.expires());
  tables_.add(out, queue, item, now);
  count(out, queue);
  queue.books.bytes += out.bytes;
  if (out.is_job) tables_.take_unique(queue.id, out.job->unique_key, out.id);
  return out;
}

void item_moves::count(const stored_item& item, stored_queue& queue) {
  ++queue.books.in(item.state);
  if (item.is_job && item.state == item_state::ready) ++queue.ready_jobs;
  queue.changed = true;
}

void item_moves::uncount(const stored_item& item, stored_queue& queue) {
  --queue.books.in(item.state);
  if (item.is_job && item.state == item_state::ready) --queue.ready_jobs;
  queue.changed = true;
}

void item_moves::move(stored_item& item, item_state to, unix_ms due) {
  auto& queue = tables_.queue(item.queue);
  uncount(item, queue);
  if (item.job && is_ended(to) && !is_ended(item.state))
    tables_.free_unique(queue.id, item.job->unique_key, item.id);
  if (item.job && is_ended(item.state) && !is_ended(to))
    tables_.take_unique(queue.id, item.job->unique_key, item.id);
  if (item.job && to != item.state) ++item.job->changes;
  item.state = to;
  item.due = next_time(to, due, item.expires());
  count(item, queue);
  tables_.update(item);
}

void item_moves::erase(const stored_item& item) {
  auto& queue = tables_.queue(item.queue);
  tables_.erase(item);
  uncount(item, queue);
  queue.books.bytes -= item.bytes;
}

removed item_moves::erase_all(stored_queue& queue, removal what) {
  removed out;
  if (what == removal::queue)
    for (const auto& item : tables_.leased(queue))
      out.leases.push_back(lease_text(item.lease, item.id));
  std::uint32_t states = 0; // a bit each
  for (std::size_t state = 0; state < proto::item_states; ++state)
    if (is_meant(what, static_cast<item_state>(state))) states |= 1U << state;
  const auto gone = tables_.erase_all(queue, states);
  for (std::size_t state = 0; state < proto::item_states; ++state) {
    queue.books.items[state] -= gone.items[state];
    out.items += gone.items[state];
  }
  queue.ready_jobs -= gone.ready_jobs;
  queue.books.bytes -= gone.bytes;
  queue.changed = true;
  return out;
}

void item_moves::hand_out(proto::leased_item& item, stored_queue& queue, unix_ms now) {
  stored_item row;
  row.id = item.id;
  row.queue = queue.id;
  row.attempt = item.attempt;
  row.bytes = item.body.size();
  row.is_job = static_cast<bool>(item.job);
  row.lease = ids_.next();
  move(row, item_state::leased, now + item.lease_ms);
  if (row.is_job) tables_.begin(row.id, now);
  item.lease = lease_text(row.lease, row.id);
  ++queue.books.total_leased;
}

void item_moves::extend(stored_item& item, std::uint32_t lease_ms, unix_ms now) {
  move(item, item_state::leased, now + lease_ms);
}

void item_moves::release(stored_item& item) {
  tables_.queue(item.queue).rate.give_back();
  --item.attempt;
  if (item.job && item.attempt == 0) item.job->started = 0;
  move(item, item_state::ready);
}

void item_moves::fail(stored_item& item, const settlement& why, std::uint32_t pause_ms,
                      unix_ms now) {
  tables_.add_failure(item, why.error, why.worker, now);
  const auto& settings = tables_.queue(item.queue).settings;
  const auto most =
      item.job ? most_attempts(item.job->max_attempts, settings) : settings.max_attempts;
  if (item.job) item.job->worker = why.worker;
  if (why.no_more || item.attempt >= most) return die(item, now);
  if (pause_ms > 0)
    move(item, item_state::delayed, now + pause_ms);
  else
    move(item, item_state::ready);
}

void item_moves::give_up(stored_item& item, unix_ms now) {
  tables_.add_failure(item, not_begun_in_time, {}, now);
  die(item, now);
}

void item_moves::die(stored_item& item, unix_ms now) {
  if (item.job) item.job->ended = now;
  item.death = tables_.new_death();
  move(item, item_state::dead);
}

void item_moves::end(stored_item& item, item_state state, unix_ms now) {
  auto& job = *item.job;
  job.ended = now;
  move(item, state, kept_until(item.put_at, now, job.result_ttl_ms, !job.idempotency_key.empty()));
}

void item_moves::set_result(stored_item& item, const std::string& result,
                            const std::string& worker) {
  tables_.set_result(item.id, result);
  item.job->worker = worker;
  item.bytes += result.size();
  tables_.queue(item.queue).books.bytes += result.size();
}

void item_moves::set_progress(stored_item& item, const std::string& progress) {
  item.job->progress = progress;
  ++item.job->changes;
}

bool item_moves::revive(stored_item& item) {
  if (item.job) {
    auto& job = *item.job;
    if (!job.unique_key.empty() && tables_.unique(item.queue, job.unique_key)) return false;
    job.expires = job.started = job.ended = 0;
    job.worker.clear();
    job.progress.clear();
  }
  tables_.forget_failures(item.id);
  item.attempt = 0;
  move(item, item_state::ready);
  return true;
}

std::optional<stored_item> item_moves::find(std::uint64_t id) {
  return tables_.find(id);
}

std::optional<stored_item> item_moves::find(const proto::job_id& id) {
  auto out = find(proto::item_of(id));
  if (!out || !out->is_job || id_of(*out) != id) return std::nullopt;
  return out;
}

std::optional<stored_item> item_moves::leased(std::string_view lease) {
  const auto named = lease_of(lease);
  auto out = named ? tables_.find(named->item) : std::nullopt;
  if (!out || out->state != item_state::leased || out->lease != named->lease) return std::nullopt;
  return out;
}

} // namespace squall::actors
