#include "gateway/process_sockets.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace squall::gateway {

proto::endpoint address_of_socket(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  auto* address = reinterpret_cast<sockaddr*>(&bound);
  if (::getsockname(socket, address, &size) != 0)
    throw std::system_error{errno, std::generic_category(), "getsockname"};
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  const int failed = ::getnameinfo(address, size, host, sizeof host, port, sizeof port,
                                   NI_NUMERICHOST | NI_NUMERICSERV);
  if (failed != 0) throw std::system_error{EAFNOSUPPORT, std::generic_category(), "getnameinfo"};
  return {host, static_cast<std::uint16_t>(std::strtoul(port, nullptr, 10))};
}

std::string to_string(const std::vector<proto::endpoint>& addresses) {
  std::string text;
  for (const auto& each : addresses)
    (text += text.empty() ? "" : ", ") += proto::to_string(each);
  return text;
}

void listen_at(const std::vector<int>& sockets, const std::vector<std::unique_ptr<lane>>& lanes) {
  for (const int socket : sockets)
    for (const auto& each : lanes) {
      // Every lane has a descriptor of its own, and closes that.
      const int own = each == lanes.back() ? socket : ::fcntl(socket, F_DUPFD_CLOEXEC, socket + 1);
      if (own < 0) throw std::system_error{errno, std::generic_category(), "dup"};
      each->listen_at(own);
    }
}

} // namespace squall::gateway
