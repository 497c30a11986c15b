#include "gateway/rpc/session.hpp"

#include "gateway/jobs/job_params.hpp"
#include "gateway/queue/queue_params.hpp"

#include <utility>

namespace squall::gateway::rpc {

void session::run_queue(const queue_method& method, const request& entry, const batch_ptr& group) {
  auto read = read_queue_task(method, entry.params, port_.connection(), max_job_bytes_);
  if (const auto* const refused = std::get_if<proto::result>(&read))
    return reply(entry.id, group, *refused);
  auto& task = std::get<queue_task>(read);
  auto& request = task.request;
  if (!may({method.needs, request.queue}, entry, group)) return;
  if (task.watch == watching::end || task.watch == watching::end_mine) {
    stop_watching(task);
    return reply(entry.id, group, queue_result(task.tell, {}));
  }
  const auto bytes = entry.params.size() + entry.id.size();
  const bool watches = task.watch != watching::none;
  if (!admit(bytes, entry, group, watches || begins_work(request))) return;
  if (task.watch == watching::begin_mine) return run_subscribe_mine(entry, group, bytes);
  const auto expects = jobs_to_watch(task);
  if (!admit_watches(expects, entry, group)) return;
  const auto place = open_place(entry, group, bytes);
  auto& call = places_[place];
  call.tell = task.tell;
  call.wait_ms = task.wait_ms;
  call.submits = is_submission(task);
  if (watches) call.subscribes = request.jobs.front();
  expected_ += call.expects = expects;
  call.talk = std::move(task.talk);
  call.detached = request.holder == 0;
  if (method.op == proto::queue_op::lease && !call.detached) holds_ = true;
  call.ticket = queues_.ask(std::move(request), *this, place);
}

void session::on_queue_answer(std::uint64_t tag, proto::queue_answer&& answer) {
  watch_jobs(tag, answer);
  if (wait_for_job(tag, answer) || go_on(tag, answer) || roll_on(tag, answer)) return;
  const auto call = close_place(tag);
  if (call.talk && answer.code == proto::errc::none)
    return finish(call, schedule_result(*call.talk));
  if (call.existed) make_submitted(answer, *call.existed);
  const auto result = queue_result(call.tell, answer);
  watch_leases(call, std::move(answer.items));
  finish(call, result);
}

/// Whether the answer is that of a put behind which its client waits for the job's end.
bool session::wait_for_job(std::size_t place, const proto::queue_answer& submitted) {
  auto& call = places_[place];
  const bool is_asked = call.wait_ms > 0 && !call.id.empty(); // not by a notification
  if (!is_asked || submitted.code != proto::errc::none) return false;
  call.existed = submitted.jobs.front().existed;
  call.ticket = queues_.ask(wait_for_end(submitted, std::exchange(call.wait_ms, 0)), *this, place);
  return true;
}

/// Whether a talk about schedules has another question.
bool session::go_on(std::size_t place, const proto::queue_answer& answer) {
  auto& call = places_[place];
  if (!call.talk || answer.code != proto::errc::none) return false;
  auto next = call.talk->go_on(answer);
  if (next) call.ticket = queues_.ask(std::move(*next), *this, place);
  return next.has_value();
}

/// What was leased goes back when it is not sent: with the connection, or when nobody watches over
/// it there, by itself.
void session::watch_leases(const open_call& call, std::vector<proto::leased_item>&& items) {
  if (call.id.empty()) { // a notification: nobody is told of the items
    unsent_leases{queues_}.add(std::move(items));
  } else if (call.detached) {
    (call.group ? call.group->unsent : unsent_).add(std::move(items));
  }
}

void session::take_back(const open_call& call) {
  if (call.roll) watches_->unwatch_mine();
  if (call.tell)
    queues_.take_back(call.ticket);
  else
    calls_.cancel(call.ticket);
}

} // namespace squall::gateway::rpc
