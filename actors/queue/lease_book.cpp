#include "actors/queue/lease_book.hpp"

namespace squall::actors {

void lease_book::add(std::uint64_t asker, std::uint64_t holder, const std::string& lease) {
  insert({asker, holder}, lease);
  changes_.push_back({true, {asker, holder}, lease});
}

std::uint64_t lease_book::drop(const std::string& lease) {
  const auto found = leases_.find(lease);
  if (found == leases_.end()) return 0;
  const auto who = found->second;
  changes_.push_back({false, who, erase(found)});
  return who.first;
}

std::vector<std::string> lease_book::take(std::uint64_t asker, std::uint64_t holder) {
  std::vector<std::string> out;
  if (auto found = held_.find({asker, holder}); found != held_.end()) take(found, out);
  return out;
}

std::vector<std::string> lease_book::take(std::uint64_t asker) {
  std::vector<std::string> out;
  for (auto each = held_.lower_bound({asker, 0}); each != held_.end() && each->first.first == asker;
       each = held_.lower_bound({asker, 0}))
    take(each, out);
  return out;
}

void lease_book::take(held::iterator from, std::vector<std::string>& to) {
  for (const auto& lease : from->second) {
    leases_.erase(lease);
    changes_.push_back({false, from->first, lease});
    to.push_back(lease);
  }
  held_.erase(from);
}

void lease_book::undo() {
  for (; !changes_.empty(); changes_.pop_back()) {
    const auto& last = changes_.back();
    if (!last.added)
      insert(last.who, last.lease);
    else if (const auto found = leases_.find(last.lease); found != leases_.end())
      erase(found);
  }
}

void lease_book::insert(const holder_key& who, const std::string& lease) {
  leases_.emplace(lease, who);
  held_[who].insert(lease);
}

std::string lease_book::erase(holders_of::iterator lease) {
  const auto holder = held_.find(lease->second);
  holder->second.erase(lease->first);
  if (holder->second.empty()) held_.erase(holder);
  return std::move(leases_.extract(lease).key());
}

} // namespace squall::actors
