#include "actors/queue/broker_core.hpp"

#include "actors/queue/broker_texts.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace squall::actors {

using proto::errc;
using proto::queue_op;

namespace {

bool can_wait(queue_op op) {
  return op == queue_op::put || op == queue_op::lease || op == queue_op::join ||
         op == queue_op::job_get;
}

bool may_exist(const proto::new_item& each) {
  return !each.job.idempotency_key.empty() || !each.job.unique_key.empty();
}

settling settling_of(queue_op op) {
  switch (op) {
  case queue_op::nack:
    return settling::nack;
  case queue_op::extend:
    return settling::extend;
  case queue_op::release:
    return settling::release;
  default:
    return settling::ack;
  }
}

} // namespace

void broker_core::handle(asker from, proto::queue_batch& batch, unix_ms now) {
  const std::unordered_set<std::uint64_t> cancelled{batch.cancelled.begin(), batch.cancelled.end()};
  const std::unordered_set<std::uint64_t> ended{batch.ended.begin(), batch.ended.end()};
  for (const auto id : cancelled) {
    cancelled_.push_back({from, id});
    if (auto* who = waiters_.find(from, id)) leave_line(*who);
  }
  for (const auto holder : ended)
    if (holder != 0) give_back({from, holder});
  for (auto& request : batch.requests) {
    if (can_wait(request.op) && cancelled.contains(request.id)) continue;
    asked_.push_back({from, request.id, request.op});
    if (request.op == queue_op::lease && request.holder != 0 && ended.contains(request.holder))
      answer(from, request.id, request.op, {});
    else
      attempt([&] { accept(from, request, now); });
  }
  attempt([&] { serve(now); });
}

std::size_t broker_core::lose(asker who, unix_ms now) {
  for (auto* each : waiters_.of_asker(who))
    leave_line(*each);
  const auto held = give_back({who, std::nullopt});
  attempt([&] { serve(now); });
  std::erase_if(asked_, [who](const user& each) { return each.from == who; });
  std::erase_if(served_, [who](const served& each) { return each.who.asker == who; });
  mail_.erase(who);
  sure_mail_.erase(who);
  return held;
}

void broker_core::tick(unix_ms now) {
  if (look_at_ && *look_at_ <= now) {
    look_at_.reset();
    attempt([&] {
      try_again();
      expire(now);
    });
  }
  for (; !rated_.empty() && rated_.begin()->first <= now; rated_.erase(rated_.begin()))
    touch(rated_.begin()->second).leases_due = true;
  attempt([&] { serve(now); });
  if (const auto* who = waiters_.first_due(); who && who->deadline <= now) end_waits(now, now);
}

std::optional<unix_ms> broker_core::next() const noexcept {
  auto out = look_at_;
  const auto sooner = [&out](unix_ms when) { out = std::min(out.value_or(when), when); };
  if (const auto* who = waiters_.first_due()) sooner(who->deadline);
  if (!rated_.empty()) sooner(rated_.begin()->first);
  return out;
}

void broker_core::drain(unix_ms now) {
  draining_ = true;
  end_waits(std::numeric_limits<unix_ms>::max(), now);
}

void broker_core::end_waits(unix_ms until, unix_ms now) {
  for (auto* who : waiters_.due(until)) {
    if (who->request.op != queue_op::job_get) {
      refuse_wait(*who, draining_);
      continue;
    }
    touch(*who->at);
    who->at->job_changed = true;
  }
  attempt([&] { serve(now); });
  if (!failure_) return;
  // Only the store could tell how the jobs are.
  for (auto* who : waiters_.due(until))
    dismiss(*who, failed(*failure_));
}

void broker_core::accept(asker from, proto::queue_request& request, unix_ms now) {
  if (can_wait(request.op))
    accept_waiter(from, request, now);
  else if (request.op == queue_op::ack || request.op == queue_op::nack ||
           request.op == queue_op::extend || request.op == queue_op::release)
    use_lease(from, request);
  else
    accept_admin(from, request, now);
}

void broker_core::accept_admin(asker from, const proto::queue_request& request, unix_ms now) {
  serve(now); // what was asked before is done before
  switch (request.op) {
  case queue_op::define:
    return define(from, request, now);
  case queue_op::remove:
    return remove(from, request);
  case queue_op::stats:
    return stats(from, request, now);
  case queue_op::dead:
    return dead(from, request, now);
  case queue_op::revive:
    return revive(from, request, now);
  case queue_op::pause:
  case queue_op::resume:
    return set_paused(from, request, now);
  case queue_op::purge:
    return purge(from, request);
  case queue_op::job_list:
    return job_list(from, request, now);
  case queue_op::job_cancel:
    return job_cancel(from, request, now);
  default: // of a newer peer
    return refuse(from, request, errc::invalid_request, "no such operation on queues");
  }
}

void broker_core::accept_waiter(asker from, proto::queue_request& request, unix_ms now) {
  const auto op = request.op;
  const bool answered = from != 0 && request.id != 0;
  if (op != queue_op::put && !answered) return; // nobody would get what it asks for
  if (op == queue_op::job_get) return job_get(from, request, now);
  if (auto fault = fault_of(request); !fault.empty())
    return refuse(from, request, errc::invalid_params, std::move(fault));
  if (!valid_name(request.queue)) return refuse(from, request, errc::not_found, no_queue);
  if (op == queue_op::put && too_large(request, now))
    return refuse(from, request, errc::invalid_params, too_many);
  if (op == queue_op::put && !may_put(from, request, now)) return;
  auto& lines = touch(request.queue);
  lines.puts_due |= op == queue_op::put;
  lines.joins_due |= op == queue_op::join;
  if (op == queue_op::lease) { // so that who wants the same is known by it
    auto& kinds = request.kinds;
    std::ranges::sort(kinds);
    kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
    lines.getters[kinds].due = true;
  }
  waiters_.add(lines, from, std::move(request), turn_);
  if (op == queue_op::join) serve(now); // what is put later does not count
}

std::string broker_core::fault_of(const proto::queue_request& request) {
  const bool put = request.op == queue_op::put;
  if (put && request.items.empty()) return "no items to put";
  const auto is_job = [](const proto::new_item& each) { return !each.job.kind.empty(); };
  const auto jobs = static_cast<std::size_t>(std::ranges::count_if(request.items, is_job));
  if (put && jobs != 0 && jobs != request.items.size()) return jobs_and_others;
  if (put && request.jobs.size() > 1) return one_job_at_a_time;
  if (request.op == queue_op::lease && request.count == 0) return "no items are asked for";
  if (request.op != queue_op::join && request.create && !valid_name(request.queue))
    return name_rule;
  return {};
}

bool broker_core::too_large(const proto::queue_request& put, unix_ms now) {
  // The store says so itself when it is asked; it is not while others wait in front.
  const auto* lines = waiters_.find_lines(put.queue);
  if (put.items.size() < 2 || !lines || lines->putters.empty()) return false;
  if (std::ranges::any_of(put.items, may_exist)) return false; // what exists takes no room
  const auto found = items().look(books_of{put.queue, 0}, now).queues;
  if (found.empty()) return false;
  const auto maxsize = found.front().stats.settings.maxsize;
  return maxsize > 0 && put.items.size() > maxsize;
}

void broker_core::use_lease(asker from, proto::queue_request& request) {
  settlement use;
  use.what = settling_of(request.op);
  use.lease = std::move(request.lease);
  use.result = std::move(request.result);
  use.worker = std::move(request.worker);
  use.error = std::move(request.error);
  use.no_more = request.dead;
  use.delay_ms = request.delay_ms;
  use.backoff = request.backoff;
  use.lease_ms = request.lease_ms;
  uses_.push_back(std::move(use));
  users_.push_back({from, request.id, request.op});
}

std::size_t broker_core::give_back(const leaver& who) {
  const auto& [from, holder] = who;
  auto leases = holder ? book_.take(from, *holder) : book_.take(from);
  if (!leases.empty()) leavers_.push_back(who);
  for (auto& lease : leases) {
    settlement use;
    use.what = settling::nack;
    use.lease = std::move(lease);
    use.error = holder_lost;
    use.lost = true;
    uses_.push_back(std::move(use));
    users_.push_back({0, 0, queue_op::nack});
  }
  return leases.size();
}

void broker_core::leave_line(waiter& who) {
  auto& lines = *who.at;
  // It may have stood in the way with more items than there was room for.
  if (who.request.op == queue_op::put && &lines.putters.front() == &who) lines.puts_due = true;
  waiters_.erase(who);
  touch(lines);
}

} // namespace squall::actors
