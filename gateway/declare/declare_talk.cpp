#include "gateway/declare/declare_talk.hpp"

#include <utility>

namespace squall::gateway {
namespace {

using proto::errc;
using proto::item_state;
using proto::queue_op;

constexpr std::uint32_t bit(item_state state) noexcept {
  return 1U << static_cast<unsigned>(state);
}

proto::queue_request find(const declared_queue& what) {
  proto::queue_request out;
  out.op = queue_op::stats;
  out.queue = what.name;
  return out;
}

proto::queue_request find(const declared_schedule& what) {
  proto::queue_request out;
  out.op = queue_op::job_list;
  out.filter.queue = proto::schedule_queue;
  out.filter.kind = proto::schedule_kind(what.what.name);
  out.filter.states = bit(item_state::delayed) | bit(item_state::ready) | bit(item_state::leased);
  out.filter.most = 1;
  return out;
}

bool same_times(const proto::schedule& a, const proto::schedule& b) {
  return a.cron == b.cron && a.time_zone == b.time_zone && a.every_ms == b.every_ms;
}

/// The schedule as a store gives it back.
proto::schedule kept(const proto::schedule& what) {
  return proto::schedule_in(proto::put_of(what, 0).items.front().body).value_or(what);
}

} // namespace

proto::queue_request declare_talk::begin() {
  setting_.reset();
  result_ = outcome::same;
  return std::visit([](const auto& what) { return find(what); }, what_);
}

declare_talk::next declare_talk::go_on(const proto::queue_answer& answer) {
  return std::visit([&](const auto& what) { return go_on_with(what, answer); }, what_);
}

bool declare_talk::expects(const proto::queue_answer& answer) noexcept {
  return answer.code == errc::none ||
         (answer.op == queue_op::stats && answer.code == errc::not_found);
}

std::string declare_talk::about() const {
  const auto* queue = std::get_if<declared_queue>(&what_);
  if (queue) return "queue " + queue->name;
  return "schedule " + std::get<declared_schedule>(what_).what.name;
}

declare_talk::next declare_talk::go_on_with(const declared_queue& what,
                                            const proto::queue_answer& answer) {
  if (answer.op == queue_op::define) {
    result_ = answer.created ? outcome::made : outcome::changed;
    return std::nullopt;
  }
  if (!answer.stats.empty()) {
    auto wanted = what.settings;
    wanted.paused = answer.stats.front().settings.paused;
    if (answer.stats.front().settings == wanted) return std::nullopt;
  }
  proto::queue_request out;
  out.op = queue_op::define;
  out.queue = what.name;
  out.settings = what.settings;
  return out;
}

declare_talk::next declare_talk::go_on_with(const declared_schedule& what,
                                            const proto::queue_answer& answer) {
  if (setting_) {
    auto more = setting_->go_on(answer);
    if (!more) result_ = setting_->found() ? outcome::changed : outcome::made;
    return more;
  }
  if (answer.op == queue_op::job_get) return compare(what, answer);
  if (answer.jobs.empty() && answer.next == 0) return set(what.what);
  if (answer.jobs.empty()) {
    auto out = find(what);
    out.filter.below = answer.next;
    return out;
  }
  proto::queue_request out;
  out.op = queue_op::job_get;
  out.jobs = {answer.jobs.front().id};
  return out;
}

declare_talk::next declare_talk::compare(const declared_schedule& what,
                                         const proto::queue_answer& read) {
  const auto& job = read.jobs.front();
  if (proto::is_ended(job.state)) return begin(); // it was due meanwhile: another stands for it
  const auto there = proto::schedule_in(job.params);
  if (!there) return set(what.what);
  auto wanted = what.what;
  if (!what.says_paused) wanted.paused = there->paused;
  wanted.last_ms = there->last_ms;
  if (same_times(wanted, *there) && (there->paused == wanted.paused || wanted.paused))
    wanted.due_ms = there->due_ms;
  if (kept(wanted) == *there) return std::nullopt;
  return set(std::move(wanted));
}

declare_talk::next declare_talk::set(proto::schedule what) {
  setting_.emplace(schedule_op::set, std::move(what));
  return setting_->begin();
}

} // namespace squall::gateway
