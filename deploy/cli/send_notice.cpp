#include "deploy/cli/send_notice.hpp"

#include "deploy/supervisor/descriptor.hpp"

#include <cstddef>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

namespace squall::cli {

bool send_notice(const std::string& socket, const std::string& message,
                 std::chrono::milliseconds within) noexcept {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.empty() || socket.size() >= sizeof address.sun_path) return false;
  socket.copy(address.sun_path, socket.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0'; // of Linux's abstract ones
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());
  const supervisor::descriptor sender{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!sender) return false;
  const timeval wait{static_cast<time_t>(within.count() / 1'000),
                     static_cast<suseconds_t>(within.count() % 1'000 * 1'000)};
  ::setsockopt(sender.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait); // 0: for ever
  const int flags = MSG_NOSIGNAL | (within.count() == 0 ? MSG_DONTWAIT : 0);
  return ::sendto(sender.get(), message.data(), message.size(), flags,
                  reinterpret_cast<const sockaddr*>(&address), size) >= 0;
}

} // namespace squall::cli
