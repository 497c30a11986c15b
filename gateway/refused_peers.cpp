#include "gateway/refused_peers.hpp"

namespace squall::gateway {

std::optional<std::string> refused_peers::note(const std::string& address,
                                               const std::string& reason, time_point now) {
  const auto key = address.substr(0, address.rfind(':')) + ' ' + reason;
  auto at = known_.find(key);
  if (at != known_.end() && now - at->second.told < pause) {
    ++at->second.since;
    return std::nullopt;
  }
  if (at == known_.end()) {
    if (known_.size() >= most) forget_old(now);
    if (known_.size() >= most) return std::nullopt;
    at = known_.emplace(key, entry{}).first;
  }
  auto line = "a connection from " + address + " to the cluster port was refused: " + reason;
  if (const auto more = at->second.since; more > 0)
    line += "; " + std::to_string(more) + " more from this host since the last such line";
  at->second = {now, 0};
  return line;
}

void refused_peers::forget_old(time_point now) {
  std::erase_if(known_, [now](const auto& each) { return now - each.second.told >= pause; });
}

} // namespace squall::gateway
