#include "deploy/cli/bench/channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <unistd.h>

namespace squall::cli::bench {

namespace {

constexpr const char* closed = "the server closed the connection";

bool is_later(int error) {
  return error == EAGAIN || error == EINTR;
}

/// After `moved` bytes, a session stopped with `result`.
transfer stopped(SSL* session, int result, std::size_t moved) {
  const int system = errno;
  const int code = SSL_get_error(session, result);
  if (code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE) return {moved};
  if (code == SSL_ERROR_ZERO_RETURN) return {moved, false, closed};
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  if (reason != nullptr) return {moved, false, reason};
  return {moved, false, system != 0 ? std::strerror(system) : closed};
}

} // namespace

socket_handle::~socket_handle() {
  close();
}

void socket_handle::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void session_free::operator()(ssl_st* session) const noexcept {
  SSL_free(session);
}

void channel::close() noexcept {
  session_.reset();
  socket_.close();
}

transfer channel::read(char* data, std::size_t size) {
  if (session_) return read_sealed(data, size);
  const auto count = ::recv(socket_.get(), data, size, 0);
  if (count > 0) return {static_cast<std::size_t>(count)};
  if (count == 0) return {0, false, closed};
  return {0, is_later(errno), std::strerror(errno)};
}

/// Leaves nothing that was decrypted inside the session, where no event would tell of it: there is
/// room for a whole record each time.
transfer channel::read_sealed(char* data, std::size_t size) {
  std::size_t all = 0;
  do {
    std::size_t count = 0;
    ERR_clear_error();
    errno = 0;
    const int result = SSL_read_ex(session_.get(), data + all, size - all, &count);
    if (result != 1) return stopped(session_.get(), result, all);
    all += count;
  } while (size - all >= SSL3_RT_MAX_PLAIN_LENGTH);
  return {all};
}

transfer channel::write(std::string_view data) {
  if (session_) return write_sealed(data);
  const auto count = ::send(socket_.get(), data.data(), data.size(), MSG_NOSIGNAL);
  if (count >= 0) return {static_cast<std::size_t>(count)};
  return {0, is_later(errno), std::strerror(errno)};
}

transfer channel::write_sealed(std::string_view data) {
  std::size_t all = 0;
  while (all < data.size()) {
    std::size_t count = 0;
    ERR_clear_error();
    errno = 0;
    const int result = SSL_write_ex(session_.get(), data.data() + all, data.size() - all, &count);
    if (result != 1) return stopped(session_.get(), result, all);
    all += count;
  }
  return {all};
}

} // namespace squall::cli::bench
