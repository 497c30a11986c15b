#include "actors/address_set.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <iterator>
#include <memory>

namespace squall::actors {

address_changes difference(const std::set<proto::endpoint>& before,
                           const std::set<proto::endpoint>& now) {
  address_changes changes;
  std::ranges::set_difference(now, before, std::back_inserter(changes.added));
  std::ranges::set_difference(before, now, std::back_inserter(changes.gone));
  return changes;
}

std::vector<std::string> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> guard{found, &freeaddrinfo};
  std::set<std::string> addresses;
  for (auto* entry = found; entry != nullptr; entry = entry->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof text, nullptr, 0,
                    NI_NUMERICHOST) == 0)
      addresses.insert(text);
  }
  return {addresses.begin(), addresses.end()};
}

} // namespace squall::actors
