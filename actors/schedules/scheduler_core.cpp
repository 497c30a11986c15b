#include "actors/schedules/scheduler_core.hpp"

#include <algorithm>
#include <variant>

namespace squall::actors {
namespace {

using proto::errc;
using proto::queue_op;

/// How much sooner than by this clock one may be due by the broker's.
constexpr std::uint64_t early_ms = 1'000;

/// What is put for a schedule that is due, and when it is due again.
struct turn {
  std::optional<std::uint64_t> due;  ///< the time that the job is for; nothing: it was missed
  std::optional<std::uint64_t> next; ///< nothing: never
};

turn turn_of(const proto::schedule& what, const proto::due_times& times, std::uint64_t now) {
  if (now + early_ms < what.due_ms) return {std::nullopt, what.due_ms}; // the clock was set back
  if (now <= what.due_ms + times.grace_ms()) return {what.due_ms, times.next(what.due_ms)};
  const auto next = times.next(now);
  if (!what.catch_up) return {std::nullopt, next};
  return {times.latest(what.due_ms, now), next};
}

std::string named(const proto::schedule& what) {
  return "schedule " + what.name;
}

} // namespace

void scheduler_core::on_answers(proto::queue_answers& batch, std::uint64_t now) {
  for (auto& answer : batch.answers)
    if (answer.id == asked_ || !answer.items.empty()) // taken back, but on its way already
      on_leased(answer, now);
    else
      on_done(answer);
}

void scheduler_core::on_leased(proto::queue_answer& answer, std::uint64_t now) {
  asked_ = 0;
  if (answer.code != errc::none) {
    ask_from_ = now + retry_ms;
    if (trouble_ != answer.message)
      notes_.push_back("schedules are not looked at: " + answer.message);
    trouble_ = std::move(answer.message);
    return;
  }
  trouble_.clear();
  for (const auto& item : answer.items)
    begin(item, now);
}

void scheduler_core::on_done(const proto::queue_answer& answer) {
  const auto found = std::ranges::find(unanswered_, answer.id, &sent::id);
  if (found == unanswered_.end()) return;
  // A lease is lost when the schedule was changed meanwhile, or will be due again soon.
  if (answer.code != errc::none && answer.code != errc::lease_lost && !found->what.empty())
    notes_.push_back(found->what + ": " + answer.message);
  unanswered_.erase(found);
}

void scheduler_core::begin(const proto::leased_item& item, std::uint64_t now) {
  auto what = proto::schedule_in(item.body);
  if (!what) return give_up(item, "it cannot be read");
  const auto times = proto::times_of(*what);
  if (const auto* wrong = std::get_if<std::string>(&times))
    return give_up(item, named(*what) + ": " + *wrong);
  const auto [due, next] = turn_of(*what, std::get<proto::due_times>(times), now);
  if (due) {
    put_job(*what, item);
    what->last_ms = *due;
  }
  if (next) {
    what->due_ms = *next;
    auto request = proto::put_of(*what, now);
    request.lease = item.lease;
    request.timeout_ms = wait_ms; // in memory that is full
    send(std::move(request), named(*what) + " was lost");
  }
  proto::queue_request done;
  done.op = queue_op::ack;
  done.lease = item.lease;
  done.result = "null";
  send(std::move(done));
}

void scheduler_core::put_job(const proto::schedule& due, const proto::leased_item& item) {
  proto::queue_request request;
  request.op = queue_op::put;
  request.queue = due.queue;
  request.create = true;
  request.items = {due.job};
  request.lease = item.lease;
  send(std::move(request), named(due) + ": its job was not put");
}

void scheduler_core::give_up(const proto::leased_item& item, std::string why) {
  notes_.push_back("a schedule is given up (" + item.kind + "): " + why);
  proto::queue_request request;
  request.op = queue_op::nack;
  request.lease = item.lease;
  request.error = std::move(why);
  request.dead = true;
  send(std::move(request));
}

void scheduler_core::send(proto::queue_request&& request, std::string what) {
  request.id = ++last_id_;
  unanswered_.push_back({request.id, std::move(what)});
  out_.requests.push_back(std::move(request));
}

void scheduler_core::drain() {
  draining_ = true;
  if (asked_ != 0) out_.cancelled.push_back(asked_);
  asked_ = 0;
}

std::optional<std::uint64_t> scheduler_core::next_look() const noexcept {
  if (draining_ || asked_ != 0) return std::nullopt;
  return ask_from_;
}

proto::queue_batch scheduler_core::take(std::uint64_t now) {
  if (!draining_ && asked_ == 0 && now >= ask_from_) {
    auto& request = out_.requests.emplace_back();
    request.id = asked_ = ++last_id_;
    request.op = queue_op::lease;
    request.queue = proto::schedule_queue;
    request.create = true;
    request.count = most_at_once;
    request.lease_ms = lease_ms;
    request.timeout_ms = wait_ms;
  }
  return std::exchange(out_, {});
}

} // namespace squall::actors
