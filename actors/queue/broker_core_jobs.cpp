// What a broker is asked about jobs.
#include "actors/queue/broker_core.hpp"
#include "actors/queue/broker_texts.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace squall::actors {

using proto::errc;

void broker_core::job_get(asker from, proto::queue_request& request, unix_ms now) {
  if (request.jobs.empty()) return refuse(from, request, errc::invalid_params, no_job_named);
  if (request.jobs.size() > 1) return jobs_get(from, request, now);
  auto& lines = touch(lines_name(request));
  lines.job_changed = true;
  waiters_.add(lines, from, std::move(request), turn_);
}

void broker_core::jobs_get(asker from, const proto::queue_request& request, unix_ms now) {
  serve(now); // what was asked before is done before
  proto::queue_answer out;
  out.jobs = jobs_now(request.jobs, now);
  if (out.jobs.size() < request.jobs.size())
    return refuse(from, request, errc::not_found, no_such_job);
  answer(from, request.id, request.op, std::move(out));
}

void broker_core::job_list(asker from, const proto::queue_request& request, unix_ms now) {
  auto found = items().look(request.filter, now);
  proto::queue_answer out;
  out.jobs = std::move(found.jobs);
  out.next = found.next;
  answer(from, request.id, request.op, std::move(out));
}

void broker_core::job_cancel(asker from, const proto::queue_request& request, unix_ms now) {
  if (request.jobs.size() != 1)
    return refuse(from, request, errc::invalid_params, one_job_at_a_time);
  settlement use;
  use.what = settling::cancel;
  use.job = request.jobs.front();
  const auto outcomes = items().settle({&use, 1}, now);
  if (const auto& outcome = outcomes.front()) cancelled_one(*outcome);
  proto::queue_answer out;
  out.jobs = jobs_now(request.jobs, now);
  if (out.jobs.empty()) return refuse(from, request, errc::not_found, no_such_job);
  answer(from, request.id, request.op, std::move(out));
}

void broker_core::cancelled_one(const settled& outcome) {
  if (const auto holder = book_.drop(outcome.revoked); holder != 0)
    mail_[holder].revoked.push_back(outcome.revoked);
  if (outcome.next) look_at(*outcome.next);
  auto& lines = touch(outcome.queue);
  lines.puts_due = lines.joins_due = true;
  lines.leases_due |= outcome.limited;
  touch_job(outcome.job, true);
}

std::vector<proto::job_view> broker_core::jobs_now(std::span<const proto::job_id> ids,
                                                   unix_ms now) {
  return items().look(jobs_named{ids}, now).jobs;
}

void broker_core::serve_gets(unix_ms now) {
  std::map<proto::job_id, std::vector<waiter*>>
      due; // lines know jobs by their items' numbers alone
  for (auto* lines : touched_) {
    const bool ended = std::exchange(lines->job_ended, false);
    if (!std::exchange(lines->job_changed, false) && !ended) continue;
    for (auto& who : lines->watchers)
      if (ended || may_get(who, now)) due[who.request.jobs.front()].push_back(&who);
  }
  if (due.empty()) return;
  std::vector<proto::job_id> ids;
  ids.reserve(due.size());
  for (const auto& [id, askers] : due)
    ids.push_back(id);
  const auto found = jobs_now(ids, now);
  auto job = found.begin();
  for (const auto& [id, askers] : due) {
    const bool there = job != found.end() && job->id == id;
    for (auto* who : askers)
      if (there)
        get_done(*who, *job, now);
      else
        fail(*who, errc::not_found, no_such_job);
    if (there) ++job;
  }
}

bool broker_core::may_get(const waiter& who, unix_ms now) const noexcept {
  return !who.waits || who.request.seen > 0 || who.deadline <= now || draining_;
}

void broker_core::get_done(waiter& who, const proto::job_view& job, unix_ms now) {
  const auto seen = who.request.seen;
  const auto timeout_ms = who.request.timeout_ms;
  const bool changed = is_ended(job.state) || (seen > 0 && job.changes > seen);
  const bool may_wait = timeout_ms > 0 && !draining_ && (!who.waits || who.deadline > now);
  if (changed || !may_wait) {
    proto::queue_answer out;
    out.jobs = {job};
    return finish(who, std::move(out));
  }
  who.request.queue = job.queue; // with which the job may go
  if (!who.waits) waiters_.keep(who, now + timeout_ms);
}

void broker_core::touch_job(const proto::job_id& job, bool ended) {
  auto* const lines = waiters_.find_lines(lines_name(proto::item_of(job)));
  if (!lines) return;
  touch(*lines);
  lines->job_changed = true;
  lines->job_ended |= ended;
}

void broker_core::touch_jobs_of(const std::string& queue) {
  for (auto* lines : waiters_.all_lines()) {
    const auto of_queue = [&](const waiter& each) { return each.request.queue == queue; };
    if (std::ranges::none_of(lines->watchers, of_queue)) continue;
    touch(*lines);
    lines->job_ended = true;
  }
}

} // namespace squall::actors
