#pragma once

#include "deploy/cli/url.hpp"

#include <string>
#include <utility>

#include <netdb.h>
#include <sys/socket.h>

namespace squall::cli::bench {

/// A file descriptor that is closed with its owner.
class socket_handle {
public:
  explicit socket_handle(int fd = -1) noexcept : fd_(fd) {}
  socket_handle(socket_handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  socket_handle& operator=(socket_handle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~socket_handle();

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void close() noexcept;

private:
  int fd_;
};

/// A connection that is ready to be spoken on, and what the server said already.
struct dialled {
  socket_handle socket; ///< non-blocking
  std::string input;
};

/// Connects to one server again and again.
class dialler {
public:
  /// Looks the server up. Throws `unreachable`.
  explicit dialler(url target);

  /// Connects, with the opening handshake of a WebSocket when `upgrade`. Blocks for 10 s at most.
  /// Throws `unreachable`.
  dialled dial(bool upgrade) const;

private:
  [[noreturn]] void fail(const std::string& why) const;
  socket_handle connect() const;
  std::string shake_hands(int fd) const;

  url target_;
  sockaddr_storage address_{};
  socklen_t address_size_ = 0;
};

} // namespace squall::cli::bench
