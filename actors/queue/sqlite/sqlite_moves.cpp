#include "actors/queue/sqlite/sqlite_moves.hpp"

#include "actors/queue/job_rules.hpp"
#include "actors/queue/sqlite/lease_text.hpp"

#include <utility>

namespace squall::actors {
namespace {

sqlite_job job_of(const proto::job_options& options, std::uint64_t random, unix_ms now) {
  sqlite_job out;
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

sqlite_item sqlite_moves::add(sqlite_queue& queue, const proto::new_item& item, unix_ms now) {
  sqlite_item out;
  out.id = queues_.new_item();
  out.queue = queue.id;
  out.state = item.delay_ms > 0 ? item_state::delayed : item_state::ready;
  out.put_at = now;
  out.bytes = item.body.size();
  out.is_job = !item.job.kind.empty();
  if (out.is_job) out.job = job_of(item.job, ids_.bits(), now);
  out.due = next_time(out.state, now + item.delay_ms, out.expires());
  items_.add(out, queue.settings.order, item);
  count(out, queue);
  queue.books.bytes += out.bytes;
  if (!out.is_job) return out;
  jobs_.add({out.id, queue.id, rank_of(queue.settings.order, out.id, item.priority),
             out.state == item_state::ready},
            *out.job, item.job.fingerprint, now);
  jobs_.take_unique(queue.id, out.job->unique_key, out.id);
  return out;
}

void sqlite_moves::count(const sqlite_item& item, sqlite_queue& queue) {
  ++queue.books.in(item.state);
  if (item.is_job && item.state == item_state::ready) ++queue.ready_jobs;
  queue.changed = true;
}

void sqlite_moves::uncount(const sqlite_item& item, sqlite_queue& queue) {
  --queue.books.in(item.state);
  if (item.is_job && item.state == item_state::ready) --queue.ready_jobs;
  queue.changed = true;
}

void sqlite_moves::move(sqlite_item& item, item_state to, unix_ms due) {
  auto& queue = queues_.at(item.queue);
  uncount(item, queue);
  if (item.job && is_ended(to) && !is_ended(item.state))
    jobs_.free_unique(queue.id, item.job->unique_key, item.id);
  if (item.job && is_ended(item.state) && !is_ended(to))
    jobs_.take_unique(queue.id, item.job->unique_key, item.id);
  if (item.job && to != item.state) ++item.job->changes;
  item.state = to;
  item.due = next_time(to, due, item.expires());
  count(item, queue);
  items_.update(item);
  if (item.job) jobs_.update(item.id, *item.job, to == item_state::ready);
}

void sqlite_moves::erase(const sqlite_item& item) {
  auto& queue = queues_.at(item.queue);
  items_.erase(item);
  if (item.job) jobs_.erase(item.id, queue.id, *item.job);
  uncount(item, queue);
  queue.books.bytes -= item.bytes;
}

removed sqlite_moves::erase_all(sqlite_queue& queue, removal what) {
  removed out;
  if (what == removal::queue)
    for (const auto& item : items_.leased(queue.id))
      out.leases.push_back(lease_text(item.lease, item.id));
  std::uint32_t states = 0; // a bit each
  for (std::size_t state = 0; state < proto::item_states; ++state) {
    if (!is_meant(what, static_cast<item_state>(state))) continue;
    states |= 1U << state;
    out.items += std::exchange(queue.books.items[state], 0);
  }
  if (what != removal::dead) queue.ready_jobs = 0;
  jobs_.erase_all(queue.id, states);
  queue.books.bytes -= items_.erase_all(queue.id, states);
  queue.changed = true;
  return out;
}

void sqlite_moves::hand_out(proto::leased_item& item, sqlite_queue& queue, unix_ms now) {
  sqlite_item row;
  row.id = item.id;
  row.queue = queue.id;
  row.attempt = item.attempt;
  row.bytes = item.body.size();
  row.is_job = static_cast<bool>(item.job);
  row.lease = ids_.next();
  move(row, item_state::leased, now + item.lease_ms);
  if (row.is_job) jobs_.begin(row.id, now);
  item.lease = lease_text(row.lease, row.id);
  ++queue.books.total_leased;
}

void sqlite_moves::extend(sqlite_item& item, std::uint32_t lease_ms, unix_ms now) {
  move(item, item_state::leased, now + lease_ms);
}

void sqlite_moves::release(sqlite_item& item) {
  queues_.at(item.queue).rate.give_back();
  --item.attempt;
  if (item.job && item.attempt == 0) item.job->started = 0;
  move(item, item_state::ready);
}

void sqlite_moves::fail(sqlite_item& item, const settlement& why, std::uint32_t pause_ms,
                        unix_ms now) {
  items_.add_failure(item, why.error, why.worker, now);
  const auto& settings = queues_.at(item.queue).settings;
  const auto most =
      item.job ? most_attempts(item.job->max_attempts, settings) : settings.max_attempts;
  if (item.job) item.job->worker = why.worker;
  if (why.no_more || item.attempt >= most) return die(item, now);
  if (pause_ms > 0)
    move(item, item_state::delayed, now + pause_ms);
  else
    move(item, item_state::ready);
}

void sqlite_moves::give_up(sqlite_item& item, unix_ms now) {
  items_.add_failure(item, not_begun_in_time, {}, now);
  die(item, now);
}

void sqlite_moves::die(sqlite_item& item, unix_ms now) {
  if (item.job) item.job->ended = now;
  item.death = queues_.new_death();
  move(item, item_state::dead);
}

void sqlite_moves::end(sqlite_item& item, item_state state, unix_ms now) {
  auto& job = *item.job;
  job.ended = now;
  move(item, state, kept_until(item.put_at, now, job.result_ttl_ms, !job.idempotency_key.empty()));
}

void sqlite_moves::set_result(sqlite_item& item, const std::string& result,
                              const std::string& worker) {
  jobs_.set_result(item.id, result);
  item.job->worker = worker;
  item.bytes += result.size();
  queues_.at(item.queue).books.bytes += result.size();
}

void sqlite_moves::set_progress(sqlite_item& item, const std::string& progress) {
  item.job->progress = progress;
  ++item.job->changes;
}

bool sqlite_moves::revive(sqlite_item& item) {
  if (item.job) {
    auto& job = *item.job;
    if (!job.unique_key.empty() && jobs_.unique(item.queue, job.unique_key)) return false;
    job.expires = job.started = job.ended = 0;
    job.worker.clear();
    job.progress.clear();
  }
  items_.forget_failures(item.id);
  item.attempt = 0;
  move(item, item_state::ready);
  return true;
}

std::optional<sqlite_item> sqlite_moves::find(std::uint64_t id) {
  auto out = items_.find(id);
  if (out) complete(*out);
  return out;
}

std::optional<sqlite_item> sqlite_moves::find(const proto::job_id& id) {
  auto out = find(proto::item_of(id));
  if (!out || !out->is_job || id_of(*out) != id) return std::nullopt;
  return out;
}

std::optional<sqlite_item> sqlite_moves::leased(std::string_view lease) {
  const auto named = lease_of(lease);
  auto out = named ? items_.find(named->item) : std::nullopt;
  if (!out || out->state != item_state::leased || out->lease != named->lease) return std::nullopt;
  complete(*out);
  return out;
}

void sqlite_moves::complete(sqlite_item& item) {
  if (item.is_job) item.job = jobs_.find(item.id);
}

} // namespace squall::actors
