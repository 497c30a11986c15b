#include "actors/router_ledger.hpp"

#include "proto/submission.hpp"

#include <algorithm>
#include <tuple>

namespace squall::actors {

std::pair<router_ledger::entry, router_call&> router_ledger::add(std::uint64_t id) {
  if (free_.empty()) {
    free_.push_back(static_cast<entry>(calls_.size()));
    calls_.emplace_back();
  }
  const auto made = free_.back();
  free_.pop_back();
  by_id_.add(id, made);
  ++per_bridge_[id >> proto::bridge_shift];
  auto& call = calls_[made];
  call.id = id;
  return {made, call};
}

void router_ledger::erase(entry which) {
  auto& call = calls_[which];
  by_id_.erase(call.id);
  --per_bridge_[call.id >> proto::bridge_shift];
  call = {};
  free_.push_back(which);
}

void router_ledger::sort_by_age(std::vector<entry>& which) const {
  std::ranges::sort(which, {}, [this](entry each) {
    return std::tuple{calls_[each].arrival, calls_[each].id};
  });
}

} // namespace squall::actors
