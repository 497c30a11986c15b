#include "actors/queue/lease_plan.hpp"

#include <algorithm>
#include <utility>

namespace squall::actors {

void lease_plan::add(std::uint32_t gateway) {
  places_.emplace_back().gateway = gateway;
}

void lease_plan::remove(std::uint32_t gateway) {
  std::erase_if(places_, [&](const place& at) { return at.gateway == gateway; });
}

lease_plan::place* lease_plan::find(std::uint32_t gateway) {
  auto at = std::ranges::find(places_, gateway, &place::gateway);
  return at == places_.end() ? nullptr : &*at;
}

void lease_plan::answered(std::uint32_t gateway, std::uint32_t items, bool failed, time_point now) {
  items_ += items;
  auto at = find(gateway);
  if (at == nullptr) return;
  const bool early = items == 0 && now - at->since < at->wait / 2;
  at->not_before.reset();
  if (failed || early) at->not_before = now + pause;
  at->hot = items > 0;
  at->asked = 0;
  at->since = now;
}

void lease_plan::recalled(std::uint32_t gateway) {
  if (auto at = find(gateway)) at->asked = 0;
}

std::uint32_t lease_plan::free() const {
  auto held = items_;
  for (const auto& at : places_)
    held += at.asked;
  return held < tokens_ ? tokens_ - held : 0;
}

std::vector<lease_plan::place*> lease_plan::idle(bool hot, time_point now) {
  std::vector<place*> found;
  for (auto& at : places_)
    if (at.asked == 0 && at.hot == hot && (!at.not_before || *at.not_before <= now))
      found.push_back(&at);
  std::ranges::sort(found, {}, &place::turn);
  return found;
}

void lease_plan::ask_for(place& at, std::uint32_t count, milliseconds wait, time_point now) {
  at.asked = std::min(count, most_at_once);
  at.wait = wait;
  at.since = now;
  at.turn = ++turns_;
  made_.push_back({at.gateway, at.asked, wait});
}

void lease_plan::ask_cold(time_point now) {
  const bool spare = tokens_ > places_.size();
  const bool any_hot = std::ranges::any_of(places_, &place::hot);
  for (auto* at : idle(false, now)) {
    if (free() == 0) return;
    if (spare)
      ask_for(*at, 1, long_wait, now);
    else if (!any_hot)
      ask_for(*at, 1, stay, now);
    else if (now - at->since >= stay)
      ask_for(*at, 1, milliseconds{0}, now);
  }
}

void lease_plan::ask_hot(time_point now) {
  auto places = idle(true, now);
  auto left = static_cast<std::uint32_t>(places.size());
  for (auto* at : places) {
    const auto share = (free() + left - 1) / left;
    if (share == 0) return;
    ask_for(*at, share, milliseconds{0}, now);
    --left;
  }
}

std::vector<lease_plan::ask> lease_plan::next(time_point now) {
  if (free() == 0) return {};
  if (places_.size() == 1) {
    auto& only = places_.front();
    if (only.asked == 0 && (!only.not_before || *only.not_before <= now))
      ask_for(only, free(), long_wait, now);
  } else {
    ask_cold(now);
    ask_hot(now);
  }
  return std::exchange(made_, {});
}

std::optional<lease_plan::time_point> lease_plan::next_look() const {
  std::optional<time_point> soonest;
  if (free() == 0) return soonest;
  for (const auto& at : places_)
    if (at.asked == 0 && at.not_before && (!soonest || *at.not_before < *soonest))
      soonest = at.not_before;
  return soonest;
}

} // namespace squall::actors
