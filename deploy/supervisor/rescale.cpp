#include "deploy/supervisor/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

/// How a supervisor keeps groups as large as their load needs.
namespace squall::supervisor {

namespace asio = boost::asio;

namespace {

/// The queues of a group, with the slots of one process: from `QUEUE=KIND:N`. Those that say `auto`
/// are left out; manifests have none in a group that scales itself.
std::map<std::string, std::uint32_t> consumed_by(const group& workers) {
  std::map<std::string, std::uint32_t> queues;
  const auto flags = workers.flags.find("consume");
  if (flags == workers.flags.end()) return queues;
  for (const auto& text : flags->second) {
    const auto equals = text.find('=');
    const auto colon = text.rfind(':');
    if (equals == std::string::npos || colon == std::string::npos || colon < equals) continue;
    std::uint32_t slots = 0;
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), slots);
    if (slots > 0) queues[text.substr(0, equals)] = slots;
  }
  return queues;
}

plan resized(plan from, const std::string& name, std::uint32_t processes) {
  std::ranges::find(from.groups, name, &group::name)->replicas = processes;
  return from;
}

} // namespace

void supervisor::hear_load(const child& from, const std::string& report) {
  auto load = parse_load_report(report);
  if (!load || from.spec().part != role::gateway) return;
  const auto store = from.spec().flags.find("store");
  const bool named = store != from.spec().flags.end() && !store->second.empty();
  loads_.hear(from.id().pid, named ? store->second.front() : "", std::move(*load), clock::now());
}

std::vector<group_here> supervisor::worker_groups() const {
  std::vector<group_here> all;
  for (const auto& each : wanted_.groups) {
    if (each.part != role::worker) continue;
    const auto ready = std::ranges::count_if(slots_, [&each](const auto& entry) {
      const auto& [spec, current, held, restarts, pauses] = entry.second;
      return spec.group == each.name && current && current->state() == child_state::ready;
    });
    all.push_back({each.name, static_cast<std::uint32_t>(ready), consumed_by(each)});
  }
  return all;
}

asio::awaitable<void> supervisor::rescale(const reporter& tell) {
  const auto groups = worker_groups();
  for (const auto& here : groups) {
    if (changing_ || stopping_) co_return;
    // What is wanted may have changed while another group was growing.
    const auto at = std::ranges::find(wanted_.groups, here.name, &group::name);
    if (at == wanted_.groups.end() || !at->scale) continue;
    auto& scaler = scalers_[here.name];
    const auto demands = loads_.demands_of(here, groups, clock::now());
    scaler.now.reset();
    if (!demands) continue;
    const auto before = at->replicas;
    scaler.now = measure_of(*demands, before);
    const auto step = scaler.decides.next(*demands, *at->scale, before, here.ready, clock::now());
    if (!step) continue;
    const auto what =
        std::to_string(before) + " -> " + std::to_string(step->processes) + ", " + step->because;
    tell(here.name + ": " + what);
    auto next = resized(wanted_, here.name, step->processes);
    bool done = true;
    if (step->processes < before)
      shrink(here.name, std::move(next));
    else
      done = co_await grow(here.name, std::move(next), tell);
    if (!done) scaler.decides.failed(clock::now());
    scaler.last_change = what + (done ? "" : "; it could not be done");
    scaler.changed_at = clock::now();
  }
}

std::vector<group_view> supervisor::scaling_view() const {
  std::vector<group_view> all;
  for (const auto& here : worker_groups()) {
    const auto at = std::ranges::find(wanted_.groups, here.name, &group::name);
    if (!at->scale) continue;
    group_view each{here.name, *at->scale, at->replicas, here.ready, {}, {}, {}};
    if (const auto known = scalers_.find(here.name); known != scalers_.end()) {
      each.now = known->second.now;
      each.last_change = known->second.last_change;
      each.since_last_change =
          std::chrono::duration_cast<std::chrono::seconds>(clock::now() - known->second.changed_at);
    }
    all.push_back(std::move(each));
  }
  return all;
}

/// All of them become ready, or none stays.
asio::awaitable<bool> supervisor::grow(const std::string& group, plan next, const reporter& tell) {
  std::vector<process_spec> fresh;
  for (auto& spec : processes_of(next))
    if (spec.group == group && !slots_.contains(spec.name)) fresh.push_back(std::move(spec));
  changing_ = true;
  const bool done = co_await start_all(fresh, tell);
  changing_ = false;
  if (done) {
    wanted_ = std::move(next);
  } else if (!stopping_) {
    for (const auto& spec : fresh)
      if (const auto at = slots_.extract(spec.name); !at.empty() && at.mapped().current)
        leave(at.mapped().current);
  }
  save();
  co_return done;
}

/// Nothing waits for those that go, so that a burst that comes meanwhile is met at once.
void supervisor::shrink(const std::string& group, plan next) {
  const auto staying = processes_of(next);
  std::vector<std::string> going;
  for (const auto& [name, place] : slots_)
    if (place.spec.group == group &&
        std::ranges::find(staying, name, &process_spec::name) == staying.end())
      going.push_back(name);
  wanted_ = std::move(next);
  for (const auto& name : going)
    if (const auto at = slots_.extract(name); at.mapped().current) leave(at.mapped().current);
  save();
}

} // namespace squall::supervisor
