// How a broker serves who waits.
#include "actors/queue/broker_core.hpp"
#include "actors/queue/broker_texts.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <variant>

namespace squall::actors {

using proto::errc;
using proto::queue_op;

namespace {

/// How many of a line are offered to the store, after `tried` of it were served in this turn. Those
/// who waited already mostly wait on, so few are tried first; those who came just now all are.
std::size_t share(const std::list<waiter>& line, std::size_t& tried) {
  constexpr std::size_t few = 8;
  if (!line.front().waits) return line.size();
  tried = std::max(few, tried * 2);
  return std::min(tried, line.size());
}

/// What it asks for, to be compared with others in its line.
std::size_t size_of(const waiter& who) {
  if (!who.at->starved) return who.request.items.size();
  std::size_t out = 0;
  for (const auto& each : who.request.items)
    out += each.body.size();
  return out;
}

} // namespace

void broker_core::serve(unix_ms now) {
  do {
    settle(now);
    for (bool more = true; more;) {
      while (serve_puts(now)) {
      }
      more = false;
      while (serve_leases(now))
        more = true;
    }
  } while (let_wait(now));
  forget_touched();
}

void broker_core::forget_touched() {
  for (auto* lines : std::exchange(touched_, {})) {
    lines->touched = lines->puts_due = lines->leases_due = lines->joins_due = false;
    lines->puts_tried = lines->leases_tried = 0;
    if (!lines->empty()) continue;
    starved_.erase(lines);
    waiters_.drop_lines(*lines);
  }
}

bool broker_core::let_wait(unix_ms now) {
  bool room_for_more = false;
  for (auto* lines : touched_) {
    if (std::exchange(lines->joins_due, false)) serve_joins(*lines, now);
    for (auto* line : {&lines->putters, &lines->getters, &lines->joiners})
      keep_or_refuse(*line, now);
    room_for_more |= lines->puts_due && !lines->putters.empty();
  }
  return room_for_more;
}

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
    lines.leases_due |= use.what != settling::ack && use.what != settling::extend;
    lines.joins_due |= use.what == settling::ack || use.what == settling::nack;
    if (use.what == settling::ack) memory_freed();
  }
  answer(of.from, of.request, of.op, std::move(out));
}

void broker_core::count(const settlement& use) noexcept {
  if (use.what == settling::ack) ++events_.acked;
  if (use.what == settling::nack) ++(use.lost ? events_.expired : events_.nacked);
}

bool broker_core::serve_puts(unix_ms now) {
  std::vector<store_put> puts;
  std::vector<waiter*> askers;
  for (auto* lines : touched_) {
    if (!std::exchange(lines->puts_due, false) || lines->putters.empty()) continue;
    auto left = share(lines->putters, lines->puts_tried);
    lines->starved = false;
    starved_.erase(lines);
    // The next round tries more of them, unless this one finds the queue full.
    lines->puts_due = left < lines->putters.size();
    for (auto each = lines->putters.begin(); left > 0; ++each, --left) {
      puts.push_back({lines->name, std::move(each->request.items), each->request.create});
      askers.push_back(&*each);
    }
  }
  if (puts.empty()) return false;
  std::vector<put_outcome> outcomes;
  try {
    outcomes = items().put(puts, now);
  } catch (const store_failure&) {
    for (auto* who : askers)
      finish(*who); // its items may be gone, so it cannot go on waiting
    throw;
  }
  for (std::size_t i = 0; i < askers.size(); ++i)
    put_done(*askers[i], puts[i], outcomes[i], now);
  return true;
}

void broker_core::put_done(waiter& who, store_put& put, put_outcome& outcome, unix_ms now) {
  auto& lines = *who.at;
  if (auto* ids = std::get_if<std::vector<std::uint64_t>>(&outcome)) {
    proto::queue_answer out;
    out.ids = std::move(*ids);
    events_.put += out.ids.size();
    for (const auto& item : put.items)
      if (item.delay_ms > 0) look_at(now + item.delay_ms);
    lines.leases_due = true;
    const bool more = lines.puts_due;
    finish(who, std::move(out));
    lines.puts_due = more; // that it leaves makes no room
    return;
  }
  switch (std::get<put_refusal>(outcome)) {
  case put_refusal::key_reused:
  case put_refusal::no_queue:
    return fail(who, errc::not_found, no_queue);
  case put_refusal::too_large:
    return fail(who, errc::invalid_params, too_many);
  case put_refusal::no_memory:
    lines.starved = true;
    starved_.insert(&lines);
    [[fallthrough]];
  case put_refusal::no_room:
    who.request.items = std::move(put.items);
    lines.puts_due = false;
  }
}

bool broker_core::serve_leases(unix_ms now) {
  std::vector<store_lease> asks;
  std::vector<waiter*> askers;
  for (auto* lines : touched_) {
    if (!std::exchange(lines->leases_due, false) || lines->getters.empty()) continue;
    auto left = share(lines->getters, lines->leases_tried);
    lines->leases_due = left < lines->getters.size();
    for (auto each = lines->getters.begin(); left > 0; ++each, --left) {
      const auto& request = each->request;
      asks.push_back({lines->name, request.count, request.lease_ms, request.create, request.kinds});
      askers.push_back(&*each);
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
  auto& items = std::get<0>(outcome);
  if (items.empty()) {
    lines.leases_due = false;
    return;
  }
  for (const auto& item : items) {
    book_.add(who.asker, who.request.holder, item.lease);
    look_at(now + item.lease_ms);
  }
  events_.leased += items.size();
  lines.puts_due = true; // there is room now
  proto::queue_answer out;
  out.items = std::move(items);
  finish(who, std::move(out));
}

void broker_core::serve_joins(queue_lines& lines, unix_ms now) {
  if (lines.joiners.empty()) return;
  const auto found = items().look(books_of{lines.name, 0}, now).queues;
  if (!found.empty() && found.front().stats.unfinished > 0) return;
  while (!lines.joiners.empty())
    if (found.empty())
      fail(lines.joiners.front(), errc::not_found, no_queue);
    else
      finish(lines.joiners.front());
}

void broker_core::keep_or_refuse(std::list<waiter>& line, unix_ms now) {
  constexpr auto nobody = std::numeric_limits<std::size_t>::max();
  auto each = line.end();
  while (each != line.begin() && !std::prev(each)->waits)
    --each;
  // The least that was asked for by those who gave up in front of all others: who asks for less may
  // be served now, and is tried again first.
  auto least = nobody;
  while (each != line.end()) {
    auto& who = *each;
    const auto size = size_of(who);
    if (least != nobody && each == line.begin() && size < least) return;
    ++each;
    if (who.request.timeout_ms == 0 || draining_) {
      least = std::min(least, size);
      refuse_wait(who, draining_ && who.request.timeout_ms > 0);
      continue;
    }
    waiters_.keep(who, now + who.request.timeout_ms);
    if (who.request.op == queue_op::put && waiters_.put_bytes() > max_waiting_bytes_)
      fail(who, errc::overloaded, too_many_wait);
  }
}

void broker_core::refuse_wait(waiter& who, bool drained) {
  proto::queue_answer out;
  const auto because = [&out](errc code, const char* why) {
    out.code = code;
    out.message = why;
  };
  const auto op = who.request.op;
  if (op != queue_op::lease) {
    if (drained)
      because(errc::unavailable, draining_now);
    else if (op == queue_op::put)
      because(errc::queue_full, who.at->starved ? no_memory_left : queue_is_full);
    else
      because(errc::deadline_exceeded, still_unfinished);
  }
  dismiss(who, std::move(out));
}

void broker_core::memory_freed() {
  for (auto* lines : starved_) {
    touch(*lines);
    lines->puts_due = true;
  }
}

queue_lines& broker_core::touch(const std::string& queue) {
  auto& out = waiters_.lines_of(queue);
  touch(out);
  return out;
}

void broker_core::touch(queue_lines& lines) {
  if (std::exchange(lines.touched, true)) return;
  touched_.push_back(&lines);
}

void broker_core::look_at(unix_ms when) {
  look_at_ = look_at_ ? std::min(*look_at_, when) : when;
}

} // namespace squall::actors
