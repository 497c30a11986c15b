#include "actors/jobs/runner_core.hpp"

#include <algorithm>
#include <utility>

namespace squall::actors {

using proto::errc;
using proto::queue_op;

namespace {

/// Whether no worker had the call and another time one may.
bool not_now(const proto::result& result) {
  return result.worker == 0 &&
         (result.code == errc::unavailable || result.code == errc::overloaded ||
          result.code == errc::deadline_exceeded);
}

} // namespace

std::uint32_t runner_core::index_of(const std::string& kind) {
  auto at = std::ranges::find(kinds_, kind, &job_kind::name);
  if (at == kinds_.end())
    at = kinds_.insert(at, job_kind{kind, static_cast<std::uint32_t>(limits_.queues.size())});
  return static_cast<std::uint32_t>(at - kinds_.begin());
}

void runner_core::on_kinds(proto::kinds_changed& known) {
  workers_ = std::move(known.workers);
  for (auto& kind : kinds_)
    kind.set_slots(0);
  for (const auto& each : known.kinds)
    if (each.slots > 0) kinds_[index_of(each.info.name)].set_slots(each.slots);
  for (std::uint32_t kind = 0; kind < kinds_.size(); ++kind)
    recall(kind, kinds_[kind].tokens());
}

void runner_core::on_answers(proto::queue_answers& batch, time_point now) {
  for (auto& answer : batch.answers) {
    if (answer.op == queue_op::lease)
      on_leased(answer, now);
    else if (answer.op != queue_op::extend)
      --unanswered_;
    else if (jobs_.on_extended(answer, now))
      drop(answer.id);
  }
  for (const auto& lease : batch.revoked)
    if (auto id = jobs_.find(lease)) drop(*id);
}

void runner_core::on_leased(proto::queue_answer& answer, time_point now) {
  auto at = std::ranges::find(asked_, answer.id, &asked::id);
  if (at == asked_.end()) { // it was taken back, too late
    for (auto& item : answer.items)
      release(std::move(item.lease));
    return;
  }
  const auto [id, kind, queue, count] = *at;
  asked_.erase(at);
  kinds_[kind].answered(queue, static_cast<std::uint32_t>(answer.items.size()),
                        answer.code != errc::none, now);
  for (auto& item : answer.items)
    begin(kind, item, now);
}

void runner_core::begin(std::uint32_t kind, proto::leased_item& item, time_point now) {
  auto& made = out_.router.calls.emplace_back();
  made.work.id = std::uint64_t{bridge_} << proto::bridge_shift | ++last_id_;
  made.work.time_left_ms = item.timeout_ms;
  made.work.kind = kinds_[kind].name();
  made.work.params = std::move(item.body);
  made.work.tells_progress = true;
  made.connection = connection;
  made.priority = 0;
  jobs_.add(made.work.id, kind, item, now);
}

void runner_core::on_results(std::vector<proto::result>& results, time_point now) {
  for (auto& result : results)
    if (auto job = jobs_.take(result.id)) end(*job, result, now);
}

void runner_core::on_progress(std::vector<proto::call_progress>& words, time_point now) {
  for (auto& word : words)
    if (!word.body.empty() && word.body.size() <= proto::most_progress_bytes)
      jobs_.tell(word.id, std::move(word.body), now);
}

void runner_core::end(held_lease& job, proto::result& result, time_point now) {
  auto& kind = kinds_[job.owner];
  kind.ended();
  if (not_now(result)) {
    release(std::move(job.lease));
    if (kind.refused(now)) recall(job.owner, 0);
    return;
  }
  if (result.code == errc::none) kind.ran(result.run_us);
  auto settlement = settlement_of(job, result, limits_.most_result_bytes);
  settlement.worker = name_of(result.worker);
  settle(std::move(settlement));
}

void runner_core::drop(std::uint64_t id) {
  auto job = jobs_.take(id);
  if (!job) return;
  kinds_[job->owner].ended();
  out_.router.cancelled.push_back(id);
}

void runner_core::release(std::string lease) {
  proto::queue_request made;
  made.op = queue_op::release;
  made.lease = std::move(lease);
  settle(std::move(made));
}

void runner_core::settle(proto::queue_request&& request) {
  request.id = ++last_id_;
  out_.broker.requests.push_back(std::move(request));
  ++unanswered_;
}

void runner_core::recall(std::uint32_t kind, std::uint32_t most) {
  std::erase_if(asked_, [&](const asked& each) {
    if (each.kind != kind || each.count <= most) return false;
    out_.broker.cancelled.push_back(each.id);
    kinds_[kind].recalled(each.queue);
    return true;
  });
}

void runner_core::drain() {
  if (std::exchange(draining_, true)) return;
  for (std::uint32_t kind = 0; kind < kinds_.size(); ++kind)
    recall(kind, 0);
  // Answers come in the order of requests: behind this one no leased job is on its way.
  proto::queue_request last;
  last.op = queue_op::stats;
  last.queue = limits_.queues.front();
  settle(std::move(last));
}

void runner_core::lease_more(std::uint32_t kind, time_point now) {
  // The time that jobs run for changes all the time, and with it the tokens.
  recall(kind, 2 * kinds_[kind].tokens());
  for (const auto& ask : kinds_[kind].next(now)) {
    auto& made = out_.broker.requests.emplace_back();
    made.id = ++last_id_;
    made.op = queue_op::lease;
    made.queue = limits_.queues[ask.gateway];
    made.timeout_ms = static_cast<std::uint32_t>(ask.wait.count());
    made.count = ask.count;
    made.create = true;
    made.kinds = {kinds_[kind].name()};
    asked_.push_back({made.id, kind, ask.gateway, ask.count});
  }
}

runner_mail runner_core::take(time_point now) {
  for (auto& [kind, extension] : jobs_.extend_due(now))
    out_.broker.requests.push_back(std::move(extension));
  if (!draining_ && bridge_ != 0)
    for (std::uint32_t kind = 0; kind < kinds_.size(); ++kind)
      lease_more(kind, now);
  return std::exchange(out_, {});
}

std::optional<runner_core::time_point> runner_core::next_look() const {
  auto soonest = jobs_.next();
  if (draining_ || bridge_ == 0) return soonest;
  for (const auto& kind : kinds_)
    if (auto when = kind.next_look(); when && (!soonest || *when < *soonest)) soonest = when;
  return soonest;
}

std::string runner_core::name_of(std::uint64_t worker) const {
  auto at = std::ranges::lower_bound(workers_, worker, {}, &proto::worker_name::number);
  return at == workers_.end() || at->number != worker ? std::string{} : at->name;
}

} // namespace squall::actors
