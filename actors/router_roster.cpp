#include "actors/router_roster.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace squall::actors {
namespace {

std::uint32_t slots_of(const router_kind& kind) {
  return std::accumulate(
      kind.offers.begin(), kind.offers.end(), std::uint32_t{0},
      [](std::uint32_t sum, const router_pool* pool) { return sum + pool->slots; });
}

std::vector<proto::outcome_count> outcomes_of(const router_kind& kind) {
  std::vector<proto::outcome_count> out;
  for (std::size_t code = 0; code < kind.outcomes.size(); ++code) {
    if (kind.outcomes[code] == 0) continue;
    const auto as_errc = static_cast<proto::errc>(code);
    out.push_back({as_errc == proto::errc::none ? "ok" : std::string{describe(as_errc).name},
                   kind.outcomes[code]});
  }
  return out;
}

} // namespace

router_pool* router_kind::choose() noexcept {
  router_pool* best = nullptr;
  std::size_t best_position = 0;
  const auto count = offers.size();
  if (next_offer >= count) next_offer = 0;
  for (std::size_t seen = 0, i = next_offer; seen < count; ++seen, i = i + 1 == count ? 0 : i + 1) {
    auto* pool = offers[i];
    if (pool->in_flight >= pool->window) continue;
    if (best && pool->free_slots() <= best->free_slots()) continue;
    best = pool;
    best_position = i;
  }
  if (best) next_offer = best_position + 1;
  return best;
}

void router_kind::count(proto::errc code) noexcept {
  // Clients see a code of a newer peer as an internal error; the counts say the same.
  if (code == proto::errc::unknown) code = proto::errc::internal;
  ++outcomes[static_cast<std::uint8_t>(code)];
}

void router_roster::expect(const std::string& name, time_point now) {
  const auto [kind, added] = kinds_.try_emplace(name, bounds_);
  if (!added) return;
  kind->second.info.name = name;
  kind->second.last_left = now;
}

router_worker& router_roster::add(proto::worker_info info, std::vector<proto::pool_offer> offers,
                                  time_point now) {
  auto& worker = workers_[++last_number_];
  worker.number = last_number_;
  worker.info = std::move(info);
  worker.joined = now;
  for (auto& each : offers)
    offer(worker, std::move(each));
  return worker;
}

void router_roster::offer(router_worker& worker, proto::pool_offer what) {
  auto& kind = kinds_.try_emplace(what.kind.name, bounds_).first->second;
  kind.info = std::move(what.kind);
  kind.offered = true;
  auto pool = std::ranges::find(worker.pools, &kind, &router_pool::kind);
  if (pool == worker.pools.end()) {
    worker.pools.push_back({&worker, &kind, 0, 0});
    pool = std::prev(worker.pools.end());
  }
  pool->offered = true;
  pool->slots = what.slots;
  pool->window = what.window;
  if (std::ranges::find(kind.offers, &*pool) == kind.offers.end()) kind.offers.push_back(&*pool);
}

void router_roster::take_back(router_pool& pool, time_point now) {
  auto& offers = pool.kind->offers;
  if (std::erase(offers, &pool) > 0 && offers.empty()) pool.kind->last_left = now;
}

void router_roster::change(router_worker& worker, std::vector<proto::pool_offer> offers,
                           time_point now) {
  for (auto& pool : worker.pools) {
    const auto is_its_own = [&pool](const proto::pool_offer& each) {
      return each.kind.name == pool.kind->info.name;
    };
    if (std::ranges::any_of(offers, is_its_own)) continue;
    take_back(pool, now);
    pool.offered = false;
    pool.slots = 0;
    pool.window = 0;
  }
  for (auto& each : offers)
    offer(worker, std::move(each));
}

void router_roster::retire(router_worker& worker, time_point now) {
  worker.draining = true;
  for (auto& pool : worker.pools)
    take_back(pool, now);
}

router_worker* router_roster::find_worker(std::uint64_t number) noexcept {
  auto found = workers_.find(number);
  return found == workers_.end() ? nullptr : &found->second;
}

router_worker* router_roster::find_worker(const proto::incarnation& id) noexcept {
  auto found =
      std::ranges::find_if(workers_, [&](const auto& each) { return each.second.info.id == id; });
  return found == workers_.end() ? nullptr : &found->second;
}

router_kind* router_roster::find_kind(std::string_view name) noexcept {
  if (last_found_ && last_found_->info.name == name) return last_found_;
  auto found = kinds_.find(name);
  if (found == kinds_.end()) return nullptr;
  return last_found_ = &found->second;
}

std::vector<proto::worker_status> router_roster::worker_states(time_point now) const {
  std::vector<proto::worker_status> out;
  out.reserve(workers_.size());
  for (const auto& [number, worker] : workers_) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now - worker.joined);
    auto& state = out.emplace_back(
        proto::worker_status{worker.info, worker.draining, std::uint64_t(since.count()), {}});
    for (const auto& pool : worker.pools)
      if (pool.offered || pool.in_flight > 0)
        state.pools.push_back({pool.kind->info.name, pool.slots, pool.window, pool.in_flight,
                               pool.done, pool.failed});
  }
  return out;
}

std::vector<proto::kind_status> router_roster::kind_states() const {
  std::vector<proto::kind_status> out;
  out.reserve(kinds_.size());
  for (const auto& [name, kind] : kinds_)
    out.push_back({kind.info, slots_of(kind), kind.in_flight,
                   static_cast<std::uint32_t>(kind.line.size()), kind.redone, outcomes_of(kind),
                   kind.waiting_time, kind.running_time});
  return out;
}

proto::kinds_changed router_roster::offered() const {
  proto::kinds_changed out;
  out.kinds.reserve(kinds_.size());
  for (const auto& [name, kind] : kinds_)
    out.kinds.push_back({kind.info, slots_of(kind), kind.offered});
  out.workers.reserve(workers_.size());
  for (const auto& [number, worker] : workers_)
    out.workers.push_back({number, worker.info.name});
  return out;
}

} // namespace squall::actors
