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
  serve_gets(now);
  forget_touched();
}

void broker_core::forget_touched() {
  for (auto* lines : std::exchange(touched_, {})) {
    lines->settle_down();
    if (!lines->empty()) continue;
    starved_.erase(lines);
    waiters_.drop_lines(*lines);
  }
}

bool broker_core::let_wait(unix_ms now) {
  bool room_for_more = false;
  for (auto* lines : touched_) {
    if (std::exchange(lines->joins_due, false)) serve_joins(*lines, now);
    keep_or_refuse(lines->putters, now);
    if (lines->puts_due && !lines->putters.empty()) {
      room_for_more = true; // and what is put then may be for those who want items
      continue;
    }
    for (auto& [kinds, line] : lines->getters)
      keep_or_refuse(line.waiters, now);
    keep_or_refuse(lines->joiners, now);
  }
  return room_for_more;
}

bool broker_core::serve_puts(unix_ms now) {
  std::vector<store_put> puts;
  std::vector<waiter*> askers;
  for (auto* lines : touched_) {
    if (!std::exchange(lines->puts_due, false) || lines->putters.empty()) continue;
    auto left =
        std::min(share_of(lines->putters.front(), lines->puts_tried), lines->putters.size());
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
  if (const auto* why = std::get_if<put_refusal>(&outcome)) return put_refused(who, put, *why);
  auto& lines = *who.at;
  proto::queue_answer out;
  if (auto* ids = std::get_if<std::vector<std::uint64_t>>(&outcome)) {
    out.ids = std::move(*ids);
    events_.put += out.ids.size();
    lines.set_leases_due_of("");
  } else {
    out.jobs = std::move(std::get<std::vector<proto::job_view>>(outcome));
    events_.put +=
        static_cast<std::uint64_t>(std::ranges::count(out.jobs, false, &proto::job_view::existed));
    for (const auto& job : out.jobs)
      lines.set_leases_due_of(job.kind);
  }
  for (const auto& item : put.items) {
    if (item.delay_ms > 0) look_at(now + item.delay_ms);
    if (item.job.ttl_ms > 0) look_at(now + item.job.ttl_ms);
  }
  const bool more = lines.puts_due;
  finish(who, std::move(out));
  lines.puts_due = more; // that it leaves makes no room
}

void broker_core::put_refused(waiter& who, store_put& put, put_refusal why) {
  auto& lines = *who.at;
  switch (why) {
  case put_refusal::no_queue:
    return fail(who, errc::not_found, no_queue);
  case put_refusal::key_reused:
    return fail(who, errc::invalid_params, key_stands_for_another);
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
