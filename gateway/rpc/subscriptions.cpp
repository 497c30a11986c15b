#include "gateway/rpc/subscriptions.hpp"

#include "gateway/jobs/job_json.hpp"
#include "gateway/jobs/job_watch.hpp"
#include "gateway/rpc/response.hpp"

#include <set>
#include <utility>

namespace squall::gateway::rpc {
namespace {

/// How many of the jobs that could not be told of are looked at at a time: their answers need
/// memory, and may be more than the client takes.
constexpr std::size_t most_catching_up = 16;
constexpr std::chrono::seconds pause_behind_failure{1};

} // namespace

subscriptions::~subscriptions() {
  for (const auto& [which, each] : watches_)
    if (each.question != 0) queues_.take_back(each.question);
}

void subscriptions::watch(const proto::job_view& job, wish why) {
  if (proto::is_ended(job.state)) return;
  const auto which = proto::item_of(job.id);
  auto& each = watches_[which];
  each.wishes |= static_cast<std::uint8_t>(why);
  each.job = job.id;
}

void subscriptions::told(const proto::job_id& job, std::uint64_t changes) {
  const auto which = proto::item_of(job);
  const auto found = watches_.find(which);
  if (found == watches_.end()) return;
  auto& each = found->second;
  // What was told last may be older than what was told before: then the newest is told again.
  const bool is_old = changes < each.seen;
  each.seen = changes;
  if (is_old && each.question != 0)
    queues_.take_back(each.question);
  else if (!each.is_held)
    return;
  each.is_held = false;
  ask(which, each);
}

void subscriptions::unwatch(const proto::job_id& job) {
  drop(proto::item_of(job), wish::by_id);
}

void subscriptions::remember(const proto::job_id& job) {
  if (submitted_.size() < most)
    submitted_.push_back(job);
  else
    submitted_[std::exchange(oldest_, (oldest_ + 1) % most)] = job;
}

std::vector<proto::job_id> subscriptions::watch_mine() {
  mine_ = true;
  std::vector<proto::job_id> jobs;
  std::set<proto::job_id> known; // who submits with a key may get the same job again and again
  for (std::size_t i = 0; i < submitted_.size(); ++i)
    if (const auto& job = submitted_[(oldest_ + i) % submitted_.size()]; known.insert(job).second)
      jobs.push_back(job);
  return jobs;
}

void subscriptions::unwatch_mine() {
  mine_ = false;
  std::vector<tag> all;
  for (const auto& [which, each] : watches_)
    all.push_back(which);
  for (const auto which : all)
    drop(which, wish::mine);
}

void subscriptions::drop(tag which, wish why) {
  const auto found = watches_.find(which);
  if (found == watches_.end()) return;
  auto& each = found->second;
  each.wishes &= static_cast<std::uint8_t>(~static_cast<std::uint8_t>(why));
  if (each.wishes == 0) forget(which);
}

void subscriptions::forget(tag which) {
  const auto& each = watches_.at(which);
  if (each.question != 0)
    queues_.take_back(each.question);
  else if (each.is_late)
    std::erase(late_, which);
  else if (!each.is_held)
    --failed_;
  if (each.catches_up) --catching_up_;
  watches_.erase(which);
}

void subscriptions::ask(tag which, watched& about) {
  about.question = queues_.ask(wait_for_change(about.job, about.seen), *this, which);
}

void subscriptions::on_queue_answer(tag which, proto::queue_answer&& answer) {
  auto& each = watches_.at(which);
  each.question = 0;
  if (std::exchange(each.catches_up, false)) --catching_up_;
  if (answer.code == proto::errc::none) {
    tell(which, answer);
  } else if (answer.code == proto::errc::not_found) { // forgotten, or purged
    watches_.erase(which);
  } else {
    ask_later();
  }
  catch_up();
}

void subscriptions::ask_later() {
  ++failed_;
  not_before_ = clock::now() + pause_behind_failure;
}

void subscriptions::tell(tag which, const proto::queue_answer& answer) {
  auto& each = watches_.at(which);
  const auto& job = answer.jobs.front();
  const bool ended = proto::is_ended(job.state);
  if (job.changes == each.seen && !ended) // its time was over
    return draining_ ? ask_later() : ask(which, each);
  if (!port_.has_room()) {
    each.is_late = true;
    return late_.push_back(which);
  }
  std::string text;
  append_notification(text, "job.updated", job_json(answer));
  port_.send(text);
  each.seen = job.changes;
  if (ended)
    watches_.erase(which);
  else
    ask(which, each);
}

void subscriptions::catch_up() {
  if (failed_ > 0) ask_failed();
  while (!late_.empty() && catching_up_ < most_catching_up && port_.has_room()) {
    const auto which = late_.front();
    late_.pop_front();
    auto& each = watches_.at(which);
    each.is_late = false;
    each.catches_up = true;
    ++catching_up_;
    ask(which, each);
  }
}

void subscriptions::ask_failed() {
  if (clock::now() < not_before_) return;
  failed_ = 0;
  for (auto& [which, each] : watches_)
    if (each.question == 0 && !each.is_late && !each.is_held) ask(which, each);
}

} // namespace squall::gateway::rpc
