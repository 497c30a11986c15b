// The part of router_core that is about who is there: workers and bridges.
#include "actors/router_core.hpp"

#include "actors/router_texts.hpp"
#include "proto/call_traits.hpp"

#include <utility>

namespace squall::actors {

std::optional<std::uint8_t> router_core::attach_bridge() {
  // Numbers go around, so that an id of a bridge that is gone comes back as late as possible.
  for (unsigned i = 0; i < 255; ++i) {
    const auto number = static_cast<std::uint8_t>((last_bridge_ + i) % 255 + 1);
    if (bridges_[number] || ledger_.of_bridge(number) > 0) continue;
    bridges_.set(number);
    return last_bridge_ = number;
  }
  return std::nullopt;
}

void router_core::bridge_lost(std::uint8_t bridge) {
  bridges_.reset(bridge);
  const auto its_own = [bridge](const router_call& call) {
    return call.wanted && call.id >> proto::bridge_shift == bridge;
  };
  for (auto which : ledger_.select(its_own))
    cancel(which);
}

std::uint64_t router_core::worker_joined(proto::worker_info info,
                                         std::vector<proto::pool_offer> pools, time_point now) {
  if (auto* old = roster_.find_worker(info.id)) worker_lost(old->number, now);
  auto& worker = roster_.add(std::move(info), std::move(pools), now);
  for (auto& pool : worker.pools)
    pump(*pool.kind, now);
  outbox_.tell_kinds();
  return worker.number;
}

router_loss router_core::worker_lost(std::uint64_t number, time_point now) {
  auto* worker = roster_.find_worker(number);
  if (!worker) return {};
  roster_.retire(*worker, now);
  router_loss loss;
  const auto calls = ledger_.select(
      [worker](const router_call& call) { return call.at && call.at->owner == worker; });
  // Each goes to the very front: the youngest first leaves the oldest there.
  for (auto which = calls.rbegin(); which != calls.rend(); ++which) {
    auto& call = ledger_[*which];
    leave_pool(call);
    ++call.losses;
    if (!call.wanted) {
      forget(*which);
      continue;
    }
    const bool repeatable = proto::is_repeatable(call.kind->info, call.params);
    if (repeatable && call.losses < limits_.tries) {
      ++call.kind->redone;
      ++loss.redone;
      redo(*which);
    } else {
      ++loss.refused;
      conclude(*which, proto::errc::worker_lost,
               router_texts::worker_lost(call, worker->info, repeatable), number);
    }
  }
  for (auto& pool : worker->pools)
    pump(*pool.kind, now);
  roster_.remove(number);
  outbox_.tell_kinds();
  return loss;
}

void router_core::offer_changed(std::uint64_t number, std::vector<proto::pool_offer> pools,
                                time_point now) {
  auto* worker = roster_.find_worker(number);
  if (!worker || worker->draining) return;
  roster_.change(*worker, std::move(pools), now);
  for (auto& pool : worker->pools)
    pump(*pool.kind, now);
  outbox_.tell_kinds();
}

void router_core::worker_leaves(std::uint64_t number, time_point now) {
  auto* worker = roster_.find_worker(number);
  if (!worker || worker->draining) return;
  roster_.retire(*worker, now);
  outbox_.tell_kinds();
}

proto::router_status router_core::status(time_point now) const {
  return {draining_, roster_.worker_states(now), roster_.kind_states()};
}

const router_worker* router_core::find_worker(std::uint64_t number) noexcept {
  return roster_.find_worker(number);
}

std::uint64_t router_core::number_of(const proto::incarnation& id) noexcept {
  const auto* worker = roster_.find_worker(id);
  return worker ? worker->number : 0;
}

} // namespace squall::actors
