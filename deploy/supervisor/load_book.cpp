#include "deploy/supervisor/load_book.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace squall::supervisor {

namespace {

/// A kind that has so much of its slots in use may have jobs that wait for it in a queue, whose
/// books don't tell of which kinds its jobs are: of one with free slots none is left there.
constexpr double is_full = 0.8;

template <class List, class Name>
auto find_in(const List& list, const std::string& name, Name member) {
  const auto at = std::ranges::find(list, name, member);
  return at == list.end() ? nullptr : &*at;
}

double since(std::uint64_t now, std::uint64_t before) {
  return now > before ? static_cast<double>(now - before) : 0;
}

bool is_busy(const kind_load& kind) {
  return kind.slots > 0 && kind.in_flight >= is_full * kind.slots;
}

bool is_database(const std::string& store) {
  return store.starts_with("postgres");
}

} // namespace

struct load_book::sum {
  demand all;
  double ended = 0;
  double run_seconds = 0; ///< of those that ended

  demand done() {
    if (ended > 0) all.run_seconds = run_seconds / ended;
    return all;
  }
};

void fading_sum::add(double amount, double seconds) {
  value_ = value_ * std::exp2(-seconds / half_life_seconds) + amount;
}

void load_book::hear(pid_t gateway_id, const std::string& store, load_report report,
                     time_point now) {
  const auto [place, is_new] = gateways_.try_emplace(gateway_id);
  auto& at = place->second;
  const auto interval = std::chrono::duration<double>(now - at.heard).count();
  if (!is_new && interval > 0) follow(at, report, interval);
  at.store = store;
  at.last = std::move(report);
  at.heard = now;
}

void load_book::follow(gateway& at, const load_report& next, double interval) {
  at.interval = interval;
  for (const auto& kind : next.kinds) {
    const auto* before = find_in(at.last.kinds, kind.kind, &kind_load::kind);
    if (before == nullptr) continue;
    auto& pace = at.kinds[kind.kind];
    const auto run = std::max(0.0, kind.run_seconds - before->run_seconds);
    pace.ended.add(since(kind.ended, before->ended), interval);
    pace.run_seconds.add(run, interval);
    pace.busy = run / interval;
  }
  std::map<std::string, queue_pace> seen; // one that was empty in between begins anew
  for (const auto& queue : next.queues) {
    const auto* before = find_in(at.last.queues, queue.name, &queue_load::name);
    if (before == nullptr) continue;
    auto pace = std::exchange(at.queues[queue.name], {});
    pace.ended.add(since(queue.ended, before->ended), interval);
    pace.leased_seconds.add(static_cast<double>(queue.leased) * interval, interval);
    pace.seconds.add(interval, interval);
    seen.emplace(queue.name, pace);
  }
  at.queues = std::move(seen);
}

std::size_t load_book::sharing(const gateway& at, time_point now) const {
  if (!is_database(at.store)) return 1;
  const auto count = std::ranges::count_if(gateways_, [&](const auto& other) {
    return other.second.store == at.store && now - other.second.heard <= fresh_for;
  });
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, count));
}

void load_book::add_kinds(sums& to, const group_here& group, const gateway& at, double of_queues) {
  double jobs = 0; // that wait in queues, for whichever kind
  double full = 0; // slots of those that may be meant
  for (const auto& queue : at.last.queues)
    if (queue.runs_jobs) jobs += static_cast<double>(queue.ready) * of_queues;
  for (const auto& kind : at.last.kinds)
    if (is_busy(kind)) full += kind.slots;
  for (const auto& kind : at.last.kinds) {
    const auto offer = kind.groups.find(group.name);
    if (offer == kind.groups.end() || offer->second.workers == 0) continue;
    const double own = offer->second.slots;
    const auto slots = std::max<double>(kind.slots, own);
    auto busy = std::min<double>(kind.in_flight, slots);
    auto backlog = kind.waiting + (kind.in_flight - busy);
    if (is_busy(kind)) backlog += jobs * kind.slots / full;
    auto& sum = to["kind " + kind.kind];
    if (const auto pace = at.kinds.find(kind.kind); pace != at.kinds.end()) {
      const auto ended = pace->second.ended.value();
      const auto run_seconds = pace->second.run_seconds.value();
      sum.ended += ended;
      sum.run_seconds += run_seconds;
      // What is in flight at one moment says little of calls that are short.
      if (ended > 0 && run_seconds / ended < at.interval) busy = std::min(pace->second.busy, slots);
    }
    const auto share = slots > 0 ? own / slots : 0;
    sum.all.slots = std::max(sum.all.slots, own / offer->second.workers);
    sum.all.busy += busy * share;
    sum.all.backlog += backlog * share;
  }
}

void load_book::add_queues(sums& to, const group_here& group, const std::vector<group_here>& all,
                           const gateway& at, double of_queues) {
  for (const auto& [name, slots] : group.consumes) {
    auto& sum = to["queue " + name];
    sum.all.slots = slots;
    const auto* queue = find_in(at.last.queues, name, &queue_load::name);
    if (queue == nullptr) continue;
    double theirs = 0;
    for (const auto& other : all)
      if (const auto also = other.consumes.find(name); also != other.consumes.end())
        theirs += static_cast<double>(also->second) * other.ready;
    const auto own = static_cast<double>(slots) * group.ready;
    const auto share = (theirs > 0 ? own / theirs : 1) * of_queues;
    const auto leased = static_cast<double>(queue->leased) * share;
    auto busy = std::min(leased, own);
    sum.all.backlog += static_cast<double>(queue->ready) * share + (leased - busy);
    if (const auto pace = at.queues.find(name);
        pace != at.queues.end() && pace->second.seconds.value() > 0) {
      const auto seconds = pace->second.seconds.value();
      busy = std::min(pace->second.leased_seconds.value() / seconds * share, own);
      // By the utilisation law: items end at the rate busy / time of one.
      sum.ended += pace->second.ended.value() / seconds * share;
      sum.run_seconds += busy;
    }
    sum.all.busy += busy;
  }
}

std::optional<std::vector<demand>> load_book::demands_of(const group_here& group,
                                                         const std::vector<group_here>& all,
                                                         time_point now) const {
  sums found;
  bool heard = false;
  for (const auto& [id, at] : gateways_) {
    if (now - at.heard > fresh_for) continue;
    heard = true;
    const auto of_queues = 1.0 / static_cast<double>(sharing(at, now));
    add_kinds(found, group, at, of_queues);
    add_queues(found, group, all, at, of_queues);
  }
  if (!heard) return std::nullopt;
  std::vector<demand> demands;
  for (auto& [name, each] : found)
    demands.push_back(each.done());
  return demands;
}

} // namespace squall::supervisor
