#include "gateway/line_limit.hpp"

#include <utility>

namespace squall::gateway {

std::optional<std::uint64_t> line_limit::note(const std::string& sort, time_point now) {
  auto at = known_.find(sort);
  if (at != known_.end() && now - at->second.told < pause) {
    ++at->second.since;
    return std::nullopt;
  }
  if (at == known_.end()) {
    if (known_.size() >= most)
      std::erase_if(known_, [now](const auto& each) { return now - each.second.told >= pause; });
    if (known_.size() >= most) return std::nullopt;
    at = known_.emplace(sort, entry{}).first;
  }
  at->second.told = now;
  return std::exchange(at->second.since, 0);
}

} // namespace squall::gateway
