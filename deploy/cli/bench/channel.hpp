#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

struct ssl_st;

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

struct session_free {
  void operator()(ssl_st* session) const noexcept;
};
using session_ptr = std::unique_ptr<ssl_st, session_free>;

/// What became of a read or a write.
struct transfer {
  std::size_t bytes = 0;
  bool is_open = true; ///< else `why` says what has ended the connection
  std::string why{};
};

/// A connection, plain or TLS. Reads and writes as its socket does, which may be non-blocking.
class channel {
public:
  /// \param session of the socket, with its handshake done; none: plain
  channel(socket_handle socket, session_ptr session)
      : socket_(std::move(socket)), session_(std::move(session)) {}

  /// What is there, up to `size` bytes, which is 16 KiB at least. A socket that has nothing now, or
  /// not within its time, gives 0 bytes.
  transfer read(char* data, std::size_t size);
  /// As much as the socket takes now. After a write that was cut short, the next one has to begin
  /// with the rest.
  transfer write(std::string_view data);

  const socket_handle& socket() const noexcept { return socket_; }
  explicit operator bool() const noexcept { return static_cast<bool>(socket_); }
  void close() noexcept;

private:
  transfer read_sealed(char* data, std::size_t size);
  transfer write_sealed(std::string_view data);

  socket_handle socket_;
  session_ptr session_;
};

} // namespace squall::cli::bench
