#include "actors/queue/held_leases.hpp"

#include <algorithm>

namespace squall::actors {

using std::chrono::milliseconds;

void held_leases::add(std::uint64_t id, std::uint32_t owner, proto::leased_item& item,
                      time_point now) {
  auto& held = items_[id];
  held.owner = owner;
  held.lease = std::move(item.lease);
  held.lease_ms = item.lease_ms;
  held.job = bool{item.job};
  extend_at(id, held, now + milliseconds{held.lease_ms} / 2);
}

std::optional<held_lease> held_leases::take(std::uint64_t id) {
  auto at = items_.find(id);
  if (at == items_.end()) return std::nullopt;
  stop_extending(id, at->second);
  auto item = std::move(at->second);
  items_.erase(at);
  return item;
}

void held_leases::stop_extending(std::uint64_t id) {
  if (auto at = items_.find(id); at != items_.end()) stop_extending(id, at->second);
}

void held_leases::tell(std::uint64_t id, std::string progress, time_point now) {
  auto at = items_.find(id);
  if (at == items_.end()) return;
  auto& item = at->second;
  item.progress = std::move(progress);
  if (!item.extend_at) return;
  stop_extending(id, item);
  extend_at(id, item, now);
}

bool held_leases::on_extended(const proto::queue_answer& answer, time_point now) {
  auto at = items_.find(answer.id);
  if (at == items_.end()) return false;
  auto& item = at->second;
  if (answer.code == proto::errc::lease_lost || answer.code == proto::errc::not_found) return true;
  if (answer.code == proto::errc::none) {
    item.lease_ms = answer.lease_ms;
    extend_at(answer.id, item, item.progress.empty() ? now + milliseconds{item.lease_ms} / 2 : now);
  } else { // there is still time to try again
    extend_at(answer.id, item, now + milliseconds{item.lease_ms} / 8);
  }
  return false;
}

std::vector<std::pair<std::uint32_t, proto::queue_request>>
held_leases::extend_due(time_point now) {
  std::vector<std::pair<std::uint32_t, proto::queue_request>> due;
  while (!extensions_.empty() && extensions_.begin()->first <= now) {
    const auto id = extensions_.begin()->second;
    auto& item = items_.at(id);
    stop_extending(id, item);
    auto& request = due.emplace_back(item.owner, proto::queue_request{}).second;
    request.id = id;
    request.op = proto::queue_op::extend;
    request.lease = item.lease;
    request.result = std::exchange(item.progress, {});
  }
  return due;
}

std::optional<held_leases::time_point> held_leases::next() const {
  if (extensions_.empty()) return std::nullopt;
  return extensions_.begin()->first;
}

std::vector<std::uint64_t> held_leases::of(std::uint32_t owner) const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, item] : items_)
    if (item.owner == owner) ids.push_back(id);
  return ids;
}

std::optional<std::uint64_t> held_leases::find(std::string_view lease) const {
  auto at = std::ranges::find_if(items_, [&](auto& each) { return each.second.lease == lease; });
  if (at == items_.end()) return std::nullopt;
  return at->first;
}

void held_leases::extend_at(std::uint64_t id, held_lease& item, time_point when) {
  item.extend_at = when;
  extensions_.emplace(when, id);
}

void held_leases::stop_extending(std::uint64_t id, held_lease& item) {
  if (item.extend_at) extensions_.erase({*item.extend_at, id});
  item.extend_at.reset();
}

} // namespace squall::actors
