#include "actors/router_core.hpp"

#include "actors/router_texts.hpp"

#include <algorithm>
#include <utility>

namespace squall::actors {
namespace {

using std::chrono::milliseconds;

std::uint8_t bridge_of(std::uint64_t id) {
  return static_cast<std::uint8_t>(id >> proto::bridge_shift);
}

std::uint64_t microseconds_of(std::chrono::steady_clock::duration time) {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  return count > 0 ? static_cast<std::uint64_t>(count) : 0;
}

} // namespace

void router_core::submit(proto::submit_batch& batch, time_point now) {
  for (auto& work : batch.calls)
    admit(work, now);
  for (auto id : batch.cancelled)
    if (auto found = ledger_.find(id); found && ledger_[*found].wanted) cancel(*found);
}

void router_core::admit(proto::submission& work, time_point now) {
  const auto id = work.work.id;
  // A second call with the id of one that is under way could only steal its answer.
  if (!bridges_[bridge_of(id)] || ledger_.find(id)) return;
  auto* kind = roster_.find_kind(work.work.kind);
  if (!kind) {
    return refuse(id, proto::errc::unknown_kind,
                  router_texts::unknown_kind(work.work.kind, roster_.kinds()));
  }
  auto* pool = kind->line.empty() ? kind->choose() : nullptr;
  if (!pool && (refuse_without_worker(*kind, id, now) || refuse_when_full(*kind, work))) return;

  auto [which, call] = ledger_.add(id);
  ++wanted_;
  call.connection = work.connection;
  call.arrival = now;
  call.deadline = now + milliseconds{work.work.time_left_ms > 0 ? work.work.time_left_ms
                                                                : kind->info.default_timeout_ms};
  call.kind = kind;
  call.params = std::move(work.work.params);
  call.attempt = 1;
  call.first_index = work.work.first_index;
  call.priority = work.priority;
  call.tells_progress = work.work.tells_progress;
  deadlines_.add(which, call.deadline);
  if (pool)
    send(which, *pool, now);
  else
    call.place = kind->line.push(which, call.connection, call.priority, call.params.size());
}

bool router_core::refuse_without_worker(router_kind& kind, std::uint64_t id, time_point now) {
  if (!kind.offers.empty() || in_grace(kind, now)) return false;
  kind.count(proto::errc::unavailable);
  refuse(id, proto::errc::unavailable, router_texts::nobody_offers(kind, now));
  return true;
}

bool router_core::refuse_when_full(router_kind& kind, const proto::submission& work) {
  const auto room = kind.line.room_for(work.connection, work.work.params.size());
  if (room == waiting_line::room::free) return false;
  kind.count(proto::errc::overloaded);
  refuse(work.work.id, proto::errc::overloaded, router_texts::no_room(kind, room));
  return true;
}

void router_core::refuse(std::uint64_t id, proto::errc code, std::string why,
                         std::uint64_t worker) {
  proto::result answer;
  answer.id = id;
  answer.code = code;
  answer.body = std::move(why);
  answer.worker = worker;
  outbox_.answer(std::move(answer));
}

void router_core::send(entry which, router_pool& pool, time_point now) {
  auto& call = ledger_[which];
  call.at = &pool;
  ++pool.in_flight;
  ++pool.kind->in_flight;
  auto& sent = outbox_.to(*pool.owner).calls.emplace_back();
  sent.id = call.id;
  sent.attempt = call.attempt;
  // Rounded up: a worker must not give up before the gateway does.
  sent.time_left_ms =
      static_cast<std::uint32_t>(std::chrono::ceil<milliseconds>(call.deadline - now).count());
  sent.first_index = call.first_index;
  sent.kind = pool.kind->info.name;
  // A copy stays here: any worker may die, or give the call back unstarted.
  sent.params = std::move(call.params);
  call.params = sent.params;
  sent.tells_progress = call.tells_progress;
}

void router_core::pump(router_kind& kind, time_point now) {
  while (!kind.line.empty()) {
    auto* pool = kind.choose();
    if (!pool) return;
    const auto which = kind.line.pop();
    if (const auto& call = ledger_[which]; call.deadline > now)
      send(which, *pool, now);
    else
      conclude(which, proto::errc::deadline_exceeded, router_texts::deadline_passed(call));
  }
}

void router_core::answered(proto::result_batch& batch, time_point now) {
  auto* worker = roster_.find_worker(batch.worker);
  if (!worker) return;
  for (auto& result : batch.results)
    settle(*worker, result, now);
  for (auto& progress : batch.progress)
    pass_on(*worker, progress);
  // Each goes to the very front: the last one first keeps their order.
  for (auto id = batch.returned.rbegin(); id != batch.returned.rend(); ++id)
    take_back(*worker, *id);
  for (const auto& each : batch.grants)
    grant(*worker, each);
  for (auto& pool : worker->pools)
    pump(*pool.kind, now);
}

void router_core::settle(const router_worker& worker, proto::result& result, time_point now) {
  const auto which = ledger_.find(result.id);
  if (!which) return;
  auto& call = ledger_[*which];
  if (!call.at || call.at->owner != &worker || call.attempt != result.attempt) return;
  result.code = proto::known(static_cast<std::uint8_t>(result.code));
  const bool ok = result.code == proto::errc::none;
  auto& pool = *call.at;
  leave_pool(call);
  if (ok)
    ++pool.done;
  else if (call.wanted)
    ++pool.failed;
  if (call.wanted) {
    auto& kind = *call.kind;
    const auto all_us = microseconds_of(now - call.arrival);
    kind.count(result.code);
    kind.waiting_time.add(all_us > result.run_us ? all_us - result.run_us : 0);
    if (ok || result.run_us > 0) kind.running_time.add(result.run_us);
    result.worker = worker.number;
    outbox_.answer(std::move(result));
  }
  forget(*which);
}

void router_core::pass_on(const router_worker& worker, proto::call_progress& progress) {
  const auto which = ledger_.find(progress.id);
  if (!which) return;
  const auto& call = ledger_[*which];
  if (!call.at || call.at->owner != &worker || call.attempt != progress.attempt) return;
  if (call.wanted && call.tells_progress) outbox_.tell(std::move(progress));
}

void router_core::take_back(const router_worker& worker, std::uint64_t id) {
  const auto which = ledger_.find(id);
  if (!which) return;
  auto& call = ledger_[*which];
  if (!call.at || call.at->owner != &worker) return;
  leave_pool(call);
  if (!call.wanted)
    forget(*which);
  else
    redo(*which);
}

void router_core::grant(router_worker& worker, const proto::grant& grant) {
  for (auto& pool : worker.pools)
    if (pool.kind->info.name == grant.kind) pool.window = grant.window;
}

void router_core::redo(entry which) {
  auto& call = ledger_[which];
  ++call.attempt;
  call.place = call.kind->line.give_back(which, call.connection, call.priority, call.params.size());
}

void router_core::expire(time_point now) {
  std::vector<entry> due;
  deadlines_.expire(now, due);
  for (auto which : due) {
    auto& call = ledger_[which];
    call.kind->count(proto::errc::deadline_exceeded);
    refuse(call.id, proto::errc::deadline_exceeded, router_texts::deadline_passed(call),
           call.at ? call.at->owner->number : 0);
    abandon(which);
  }
  for (auto& [name, kind] : roster_.kinds()) {
    if (kind.line.empty() || !kind.offers.empty() || in_grace(kind, now)) continue;
    while (!kind.line.empty())
      conclude(kind.line.pop(), proto::errc::unavailable, router_texts::nobody_offers(kind, now));
  }
}

void router_core::conclude(entry which, proto::errc code, std::string why, std::uint64_t worker) {
  auto& call = ledger_[which];
  call.kind->count(code);
  refuse(call.id, code, std::move(why), worker);
  forget(which);
}

void router_core::cancel(entry which) {
  ledger_[which].kind->count(proto::errc::cancelled);
  abandon(which);
}

void router_core::abandon(entry which) {
  auto& call = ledger_[which];
  if (!call.at) {
    call.kind->line.erase(call.place);
    return forget(which);
  }
  outbox_.to(*call.at->owner).cancelled.push_back(call.id);
  deadlines_.erase(which);
  call.wanted = false;
  call.params = {};
  --wanted_;
}

void router_core::forget(entry which) {
  if (ledger_[which].wanted) --wanted_;
  deadlines_.erase(which);
  ledger_.erase(which);
}

void router_core::leave_pool(router_call& call) {
  --call.at->in_flight;
  --call.kind->in_flight;
  call.at = nullptr;
}

bool router_core::in_grace(const router_kind& kind, time_point now) const noexcept {
  return now < kind.last_left + limits_.grace;
}

} // namespace squall::actors
