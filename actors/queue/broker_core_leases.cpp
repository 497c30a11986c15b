// How a broker hands out items, and settles them.
#include "actors/queue/broker_core.hpp"
#include "actors/queue/broker_texts.hpp"

#include <utility>
#include <variant>

namespace squall::actors {

using proto::errc;

void broker_core::settle(unix_ms now) {
  if (uses_.empty()) return;
  const auto uses = std::exchange(uses_, {});
  const auto users = std::exchange(users_, {});
  const auto outcomes = items().settle(uses, now);
  for (std::size_t i = 0; i < uses.size(); ++i)
    settled_one(users[i], uses[i], outcomes[i]);
}

void broker_core::settled_one(const user& of, const settlement& use,
                              const std::optional<settled>& outcome) {
  proto::queue_answer out;
  if (!outcome || use.what != settling::extend) book_.drop(use.lease);
  if (!outcome) {
    out.code = errc::lease_lost;
    out.message = lease_not_held;
  } else {
    count(use);
    out.lease_ms = outcome->lease_ms;
    if (outcome->next) look_at(*outcome->next);
    auto& lines = touch(outcome->queue);
    lines.leases_due |=
        use.what != settling::extend && (use.what != settling::ack || outcome->limited);
    lines.joins_due |= use.what == settling::ack || use.what == settling::nack;
    if (use.what == settling::ack) memory_freed();
    const bool same = use.what == settling::extend && use.result.empty(); // as far as jobs show
    if (outcome->job && !same) touch_job(outcome->job, is_ended(outcome->state));
  }
  answer(of.from, of.request, of.op, std::move(out));
}

bool broker_core::may_put(asker from, const proto::queue_request& put, unix_ms now) {
  if (put.lease.empty() && put.jobs.empty()) return true;
  settle(now); // what was done with leases before comes first
  settlement use;
  if (!put.lease.empty()) {
    use.what = settling::extend;
    use.lease = put.lease;
    const auto held = items().settle({&use, 1}, now).front();
    if (!held) refuse(from, put, errc::lease_lost, lease_not_held);
    if (!held) return false;
    if (held->next) look_at(*held->next);
  }
  if (!put.jobs.empty()) {
    use.what = settling::cancel;
    use.job = put.jobs.front();
    const auto cancelled = items().settle({&use, 1}, now).front();
    if (!cancelled) answer(from, put.id, put.op, {});
    if (!cancelled) return false;
    cancelled_one(*cancelled);
  }
  return true;
}

void broker_core::count(const settlement& use) noexcept {
  if (use.what == settling::ack) ++events_.acked;
  if (use.what == settling::nack) ++(use.lost ? events_.expired : events_.nacked);
}

bool broker_core::serve_leases(unix_ms now) {
  std::vector<store_lease> asks;
  std::vector<waiter*> askers;
  for (auto* lines : touched_) {
    if (std::exchange(lines->leases_due, false)) lines->set_leases_due(true);
    due_getters due{*lines};
    if (!due.first()) continue;
    for (auto left = share_of(*due.first(), lines->leases_tried); left > 0; --left) {
      auto* const who = due.next();
      if (!who) break;
      const auto& request = who->request;
      asks.push_back({lines->name, request.count, request.lease_ms, request.create, request.kinds});
      askers.push_back(who);
    }
  }
  if (asks.empty()) return false;
  auto outcomes = items().lease(asks, now);
  for (std::size_t i = 0; i < askers.size(); ++i)
    lease_done(*askers[i], outcomes[i], now);
  return true;
}

void broker_core::lease_done(waiter& who, lease_outcome& outcome, unix_ms now) {
  auto& lines = *who.at;
  if (const auto* refused = std::get_if<lease_refusal>(&outcome))
    return *refused == lease_refusal::no_memory ? fail(who, errc::overloaded, no_memory_for_queue)
                                                : fail(who, errc::not_found, no_queue);
  if (const auto* later = std::get_if<lease_later>(&outcome)) {
    rated_.emplace(later->at, lines.name);
    return lines.set_leases_due(false);
  }
  auto& items = std::get<0>(outcome);
  if (items.empty()) {
    // Nor is there anything for those who want the same, or less.
    if (who.request.kinds.empty())
      lines.set_leases_due(false);
    else
      lines.getters.at(who.request.kinds).due = false;
    return;
  }
  for (const auto& item : items) {
    book_.add(who.asker, who.request.holder, item.lease);
    look_at(now + item.lease_ms);
    if (item.job) touch_job(item.job, false);
  }
  events_.leased += items.size();
  lines.puts_due = true; // there is room now
  proto::queue_answer out;
  out.items = std::move(items);
  finish(who, std::move(out));
}

} // namespace squall::actors
