#include "deploy/cli/notice_socket.hpp"

#include <cerrno>
#include <cstddef>
#include <utility>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

namespace squall::cli {

namespace {

using clock = std::chrono::steady_clock;

constexpr timeval one_wait{0, 100'000}; ///< of a longer one, which has many

} // namespace

// Not connected: another service manager may listen at that name later.
notice_socket::notice_socket(std::string name) : name_(std::move(name)) {
  if (name_.empty()) return;
  sender_ = supervisor::descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ::setsockopt(sender_.get(), SOL_SOCKET, SO_SNDTIMEO, &one_wait, sizeof one_wait);
}

bool notice_socket::send(const std::string& message,
                         std::chrono::milliseconds within) const noexcept {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!sender_ || name_.size() >= sizeof address.sun_path) return false;
  name_.copy(address.sun_path, name_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0'; // of Linux's abstract ones
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
  const int flags = MSG_NOSIGNAL | (within.count() == 0 ? MSG_DONTWAIT : 0);
  const auto deadline = clock::now() + within;
  do {
    if (::sendto(sender_.get(), message.data(), message.size(), flags,
                 reinterpret_cast<const sockaddr*>(&address), size) >= 0)
      return true;
  } while ((errno == EAGAIN || errno == EINTR) && clock::now() < deadline);
  return false;
}

} // namespace squall::cli
