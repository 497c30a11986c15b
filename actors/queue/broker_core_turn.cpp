// What becomes of a broker's turn, and who hears of it.
#include "actors/queue/broker_core.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace squall::actors {

using proto::errc;
using proto::queue_op;

namespace {

void post(std::map<broker_core::asker, proto::queue_answers>& mail, broker_core::asker to,
          std::uint64_t request, queue_op op, proto::queue_answer&& with) {
  if (to == 0 || request == 0) return;
  with.id = request;
  with.op = op;
  mail[to].answers.push_back(std::move(with));
}

} // namespace

store& broker_core::items() noexcept {
  used_ = true;
  return items_;
}

std::map<broker_core::asker, proto::queue_answers> broker_core::take(unix_ms now) {
  if (used_) {
    ++commits_;
    try {
      items_.commit();
    } catch (const store_failure& failure) {
      if (!failure_) give_up(failure.what());
    }
  }
  if (failure_)
    void_turn(now);
  else
    keep_turn();
  for (auto& [asker, more] : std::exchange(sure_mail_, {})) {
    auto& mail = mail_[asker];
    std::ranges::move(more.answers, std::back_inserter(mail.answers));
    std::ranges::move(more.revoked, std::back_inserter(mail.revoked));
  }
  used_ = tried_again_ = false;
  asked_.clear();
  served_.clear();
  cancelled_.clear();
  leavers_.clear();
  void_leases_.clear();
  ++turn_;
  return std::exchange(mail_, {});
}

void broker_core::keep_turn() {
  book_.keep();
  kept_events_ = events_;
  for (auto& [who, answer] : served_)
    post(mail_, who.asker, who.request.id, who.request.op, std::move(answer));
  if (used_) trouble_.clear();
  if (tried_again_) try_again_ = false;
}

void broker_core::give_up(std::string why) {
  failure_ = std::move(why);
  const auto leave = [this](std::list<waiter>& line) {
    while (!line.empty() && line.back().turn == turn_)
      leave_line(line.back());
  };
  for (auto* lines : waiters_.all_lines())
    lines->each_line(leave);
}

void broker_core::void_turn(unix_ms now) {
  trouble_ = *std::exchange(failure_, std::nullopt);
  book_.undo();
  for (const auto& lease : void_leases_)
    book_.drop(lease);
  book_.keep();
  events_ = kept_events_;
  mail_.clear();
  for (const auto& each : asked_)
    answer(each.from, each.request, each.op, failed(trouble_));
  std::set<std::pair<asker, std::uint64_t>> cancelled;
  for (const auto& each : cancelled_)
    cancelled.emplace(each.from, each.request);
  for (auto& [who, answer] : served_) {
    if (cancelled.contains({who.asker, who.request.id})) continue;
    auto& again = waiters_.put_back(std::move(who));
    if (draining_)
      refuse_wait(again, true);
    else if (again.request.op == queue_op::job_get && again.deadline <= now)
      dismiss(again, failed(trouble_)); // only the store could tell how the job is
  }
  unreturned_.insert(unreturned_.end(), leavers_.begin(), leavers_.end());
  uses_.clear();
  users_.clear();
  forget_touched();
  try_again_ = true;
  constexpr unix_ms again_ms = 1'000;
  look_at(now + again_ms);
}

void broker_core::try_again() {
  if (!try_again_) return;
  tried_again_ = true;
  for (const auto& who : std::exchange(unreturned_, {}))
    give_back(who);
  touch_all();
}

proto::queue_answer broker_core::failed(const std::string& why) {
  proto::queue_answer out;
  out.code = errc::unavailable;
  out.message = why;
  return out;
}

void broker_core::answer(asker to, std::uint64_t request, queue_op op, proto::queue_answer&& with) {
  post(mail_, to, request, op, std::move(with));
}

void broker_core::refuse(asker to, const proto::queue_request& request, errc code,
                         std::string why) {
  proto::queue_answer out;
  out.code = code;
  out.message = std::move(why);
  answer(to, request.id, request.op, std::move(out));
}

void broker_core::finish(waiter& who, proto::queue_answer&& with) {
  const bool waited = who.turn != turn_;
  if (waited && who.request.op != queue_op::put) {
    touch(*who.at);
    served_.push_back({waiters_.take_out(who), std::move(with)});
    return;
  }
  // What waited to be put is the store's now, and cannot wait again.
  if (waited) asked_.push_back({who.asker, who.request.id, who.request.op});
  answer(who.asker, who.request.id, who.request.op, std::move(with));
  leave_line(who);
}

void broker_core::fail(waiter& who, errc code, std::string why) {
  proto::queue_answer out;
  out.code = code;
  out.message = std::move(why);
  finish(who, std::move(out));
}

void broker_core::dismiss(waiter& who, proto::queue_answer&& with) {
  auto& mail = who.turn == turn_ ? mail_ : sure_mail_;
  post(mail, who.asker, who.request.id, who.request.op, std::move(with));
  leave_line(who);
}

} // namespace squall::actors
