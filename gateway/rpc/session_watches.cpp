#include "gateway/rpc/session.hpp"

#include <algorithm>
#include <utility>

namespace squall::gateway::rpc {
namespace {

constexpr const char* too_many = "too many subscriptions on this connection";

} // namespace

subscriptions& session::watches() {
  if (!watches_) watches_ = std::make_unique<subscriptions>(queues_, port_);
  return *watches_;
}

/// How many jobs are watched because of the task, when it is done.
std::size_t session::jobs_to_watch(const queue_task& task) const {
  if (task.watch == watching::begin) return 1;
  const bool mine = watches_ && watches_->watches_mine();
  return mine && is_submission(task) ? task.request.items.size() : 0;
}

bool session::admit_watches(std::size_t count, const request& entry, const batch_ptr& group) {
  const auto present = watches_ ? watches_->size() : 0;
  if (count == 0 || present + expected_ + count <= subscriptions::most) return true;
  fail(entry.id, group, proto::errc::overloaded, too_many);
  return false;
}

/// All that was submitted is looked at first; then its client is told of all of it at once.
void session::run_subscribe_mine(const request& entry, const batch_ptr& group, std::size_t bytes) {
  auto roll = std::make_shared<job_roll>(watches().watch_mine());
  auto first = roll->next();
  if (!first) {
    proto::result none;
    none.body = roll->text();
    return reply(entry.id, group, none);
  }
  const auto place = open_place(entry, group, bytes);
  auto& call = places_[place];
  call.tell = queue_answer_json;
  call.roll = std::move(roll);
  call.ticket = queues_.ask(std::move(*first), *this, place);
}

/// Whether the answer is one to `run_subscribe_mine`.
bool session::roll_on(std::size_t place, proto::queue_answer& answer) {
  auto& call = places_[place];
  if (!call.roll) return false;
  if (answer.code != proto::errc::none && answer.code != proto::errc::not_found) {
    watches_->unwatch_mine();
    const auto failed = close_place(place);
    finish(failed, queue_result(failed.tell, answer));
    return true;
  }
  call.roll->take(std::move(answer));
  if (auto next = call.roll->next())
    call.ticket = queues_.ask(std::move(*next), *this, place);
  else
    end_roll(close_place(place));
  return true;
}

void session::end_roll(const open_call& call) {
  proto::result result;
  const auto& jobs = call.roll->found();
  const auto living =
      std::ranges::count_if(jobs, [](const auto& job) { return !proto::is_ended(job.state); });
  if (watches_->size() + expected_ + static_cast<std::size_t>(living) > subscriptions::most) {
    watches_->unwatch_mine();
    result.code = proto::errc::overloaded;
    result.body = too_many;
    return finish(call, result);
  }
  if (watches_->watches_mine()) // still
    for (const auto& job : jobs)
      watch(job, subscriptions::wish::mine, call.group);
  result.body = call.roll->text();
  finish(call, result);
}

/// Of an answer that is told to the client: its jobs' changes from now on.
void session::watch_jobs(std::size_t place, const proto::queue_answer& answer) {
  auto& call = places_[place];
  if (answer.code != proto::errc::none) return;
  const bool submits = std::exchange(call.submits, false); // not again when its end is waited for
  for (const auto& job : answer.jobs) {
    if (submits) watches().remember(job.id);
    if (submits && watches().watches_mine()) watch(job, subscriptions::wish::mine, call.group);
    if (call.subscribes) watch(job, subscriptions::wish::by_id, call.group);
  }
}

/// The job is in an answer that is sent in this turn, or with its batch: nothing newer comes
/// before.
void session::watch(const proto::job_view& job, subscriptions::wish why, const batch_ptr& group) {
  watches().watch(job, why);
  if (group)
    group->told.push_back({job.id, job.changes});
  else
    watches().told(job.id, job.changes);
}

void session::stop_watching(const queue_task& task) {
  if (!watches_) return;
  if (task.watch == watching::end_mine) return watches_->unwatch_mine();
  const auto& job = task.request.jobs.front();
  watches_->unwatch(job);
  if (expected_ == 0) return;
  for (auto& call : places_)
    if (call.subscribes == job) call.subscribes = {};
}

} // namespace squall::gateway::rpc
