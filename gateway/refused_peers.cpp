#include "gateway/refused_peers.hpp"

namespace squall::gateway {

std::optional<std::string> refused_peers::note(const std::string& address,
                                               const std::string& reason, time_point now) {
  const auto more = known_.note(address.substr(0, address.rfind(':')) + ' ' + reason, now);
  if (!more) return std::nullopt;
  auto line = "a connection from " + address + " to the cluster port was refused: " + reason;
  if (*more > 0)
    line += "; " + std::to_string(*more) + " more from this host since the last such line";
  return line;
}

} // namespace squall::gateway
