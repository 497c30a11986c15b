// What a broker is asked about jobs.
#include "actors/queue/broker_core.hpp"
#include "actors/queue/broker_texts.hpp"

#include <utility>

namespace squall::actors {

using proto::errc;
using proto::queue_op;

void broker_core::job_get(asker from, proto::queue_request& request, unix_ms now) {
  if (request.jobs.empty()) return refuse(from, request, errc::invalid_params, no_job_named);
  serve(now); // what was asked before is done before
  proto::queue_answer out;
  out.jobs = jobs_now(request.jobs, now);
  if (out.jobs.size() < request.jobs.size())
    return refuse(from, request, errc::not_found, no_such_job);
  const auto& first = out.jobs.front();
  if (request.timeout_ms == 0 || draining_ || out.jobs.size() > 1 || is_ended(first.state))
    return answer(from, request.id, request.op, std::move(out));
  request.queue = first.queue; // with which the job may go
  waiters_.add(touch(lines_name(request)), from, std::move(request), turn_);
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
  touch_job(outcome.job);
}

std::vector<proto::job_view> broker_core::jobs_now(std::span<const proto::job_id> ids,
                                                   unix_ms now) {
  return items().look(jobs_named{ids}, now).jobs;
}

void broker_core::serve_gets(queue_lines& lines, unix_ms now) {
  const auto found = jobs_now(lines.joiners.front().request.jobs, now);
  if (!found.empty() && !is_ended(found.front().state)) return;
  while (!lines.joiners.empty()) {
    if (found.empty()) {
      fail(lines.joiners.front(), errc::not_found, no_such_job);
      continue;
    }
    proto::queue_answer out;
    out.jobs = found;
    finish(lines.joiners.front(), std::move(out));
  }
}

void broker_core::end_get(waiter& who, unix_ms now) {
  const bool waited = who.turn != turn_;
  proto::queue_answer out;
  attempt([&] { out.jobs = jobs_now(who.request.jobs, now); });
  if (failure_) {
    out.code = errc::unavailable;
    out.message = *failure_;
    if (waited) dismiss(who, std::move(out)); // otherwise it left with the turn
    return;
  }
  if (out.jobs.empty()) return fail(who, errc::not_found, no_such_job);
  finish(who, std::move(out));
}

void broker_core::touch_job(const proto::job_id& job) {
  auto* const lines = waiters_.find_lines(lines_name(proto::item_of(job)));
  if (!lines) return;
  touch(*lines);
  lines->joins_due = true;
}

void broker_core::touch_jobs_of(const std::string& queue) {
  for (auto* lines : waiters_.all_lines()) {
    if (lines->joiners.empty()) continue;
    const auto& request = lines->joiners.front().request;
    if (request.op != queue_op::job_get || request.queue != queue) continue;
    touch(*lines);
    lines->joins_due = true;
  }
}

} // namespace squall::actors
