#include "gateway/schedules/schedule_talk.hpp"

#include "gateway/schedules/schedule_json.hpp"

#include <algorithm>
#include <chrono>

namespace squall::gateway {
namespace {

using proto::item_state;
using proto::queue_op;

constexpr std::uint32_t page = 100;
/// Room in memory comes soon, if at all.
constexpr std::uint32_t put_wait_ms = 5'000;

std::uint64_t unix_now() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

constexpr std::uint32_t bit(item_state state) noexcept {
  return 1U << static_cast<unsigned>(state);
}

proto::queue_request about_jobs(queue_op op, std::vector<proto::job_id> ids) {
  proto::queue_request out;
  out.op = op;
  out.jobs = std::move(ids);
  return out;
}

} // namespace

proto::queue_request schedule_talk::begin() {
  if (op_ != schedule_op::set) return find();
  auto out = proto::put_of(about_, unix_now());
  out.timeout_ms = put_wait_ms;
  return out;
}

std::optional<proto::queue_request> schedule_talk::go_on(const proto::queue_answer& answer) {
  switch (answer.op) {
  case queue_op::put:
    return on_put(answer);
  case queue_op::job_list:
    return on_found(answer);
  case queue_op::job_get:
    return op_ == schedule_op::list ? read_all(answer) : on_read(answer);
  default: // it was cancelled, unless it was put anew just before
    return find();
  }
}

proto::queue_request schedule_talk::find(std::uint64_t below) {
  proto::queue_request out;
  out.op = queue_op::job_list;
  out.filter.queue = proto::schedule_queue;
  if (op_ != schedule_op::list) out.filter.kind = proto::schedule_kind(about_.name);
  out.filter.states = bit(item_state::delayed) | bit(item_state::ready) | bit(item_state::leased);
  out.filter.below = below;
  out.filter.most = op_ == schedule_op::list ? page : 1;
  return out;
}

schedule_talk::next schedule_talk::on_put(const proto::queue_answer& answer) {
  if (answer.jobs.empty()) return begin(); // what it was to stand for has ended
  const auto& job = answer.jobs.front();
  if (!job.existed) return tell(changed_ ? *changed_ : about_);
  if (op_ != schedule_op::set) return begin();
  found_ = true;
  return change(job.id, about_);
}

schedule_talk::next schedule_talk::on_found(const proto::queue_answer& answer) {
  std::vector<proto::job_id> ids;
  for (const auto& job : answer.jobs)
    ids.push_back(job.id);
  next_page_ = answer.next;
  if (ids.empty() && next_page_ != 0) return find(next_page_);
  if (ids.empty()) return op_ == schedule_op::list ? tell_all() : std::nullopt;
  if (op_ == schedule_op::remove) found_ = true;
  return about_jobs(op_ == schedule_op::remove ? queue_op::job_cancel : queue_op::job_get,
                    std::move(ids));
}

schedule_talk::next schedule_talk::on_read(const proto::queue_answer& answer) {
  const auto& job = answer.jobs.front();
  if (proto::is_ended(job.state)) return begin();
  auto what = proto::schedule_in(job.params);
  if (!what) return std::nullopt;
  found_ = true;
  const bool pause = op_ == schedule_op::pause;
  if (op_ == schedule_op::get || what->paused == pause) return tell(*what);
  what->paused = pause;
  if (const auto times = proto::times_of(*what); !pause)
    if (const auto* known = std::get_if<proto::due_times>(&times))
      what->due_ms = known->next(unix_now()).value_or(0);
  return change(job.id, std::move(*what));
}

schedule_talk::next schedule_talk::read_all(const proto::queue_answer& answer) {
  for (const auto& job : answer.jobs) {
    if (job.state == item_state::cancelled) { // another may stand for it, where the list has been
      all_.clear();
      return begin();
    }
    const auto what = proto::schedule_in(job.params);
    if (!what) continue;
    std::string text;
    append_schedule(text, *what, false);
    all_.emplace_back(what->name, std::move(text));
  }
  if (next_page_ != 0) return find(next_page_);
  return tell_all();
}

schedule_talk::next schedule_talk::change(const proto::job_id& id, proto::schedule what) {
  auto out = proto::put_of(what, unix_now());
  out.jobs = {id};
  out.timeout_ms = put_wait_ms;
  changed_ = std::move(what);
  return out;
}

schedule_talk::next schedule_talk::tell(const proto::schedule& what) {
  append_schedule(text_, what, true);
  return std::nullopt;
}

schedule_talk::next schedule_talk::tell_all() {
  std::ranges::sort(all_);
  // One that was due between two pages is there twice.
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  all_.erase(std::unique(all_.begin(), all_.end(), same), all_.end());
  text_ = R"({"schedules":[)";
  for (const auto& [name, text] : all_)
    text_.append(text_.ends_with('[') ? "" : ",").append(text);
  text_ += "]}";
  return std::nullopt;
}

} // namespace squall::gateway
