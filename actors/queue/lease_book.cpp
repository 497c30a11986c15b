#include "actors/queue/lease_book.hpp"

namespace squall::actors {

void lease_book::add(std::uint64_t asker, std::uint64_t holder, const std::string& lease) {
  leases_.emplace(lease, holder_key{asker, holder});
  held_[{asker, holder}].insert(lease);
}

void lease_book::drop(const std::string& lease) {
  const auto found = leases_.find(lease);
  if (found == leases_.end()) return;
  const auto holder = held_.find(found->second);
  holder->second.erase(lease);
  if (holder->second.empty()) held_.erase(holder);
  leases_.erase(found);
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
    to.push_back(lease);
  }
  held_.erase(from);
}

} // namespace squall::actors
