#include "deploy/cli/bench/dial.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/gateway_trust.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/time.h>
#include <unistd.h>

namespace squall::cli::bench {

namespace {

constexpr std::size_t max_header = 16 * 1024;

template <std::size_t Size>
std::string base64(const std::array<unsigned char, Size>& bytes) {
  std::array<unsigned char, (Size + 2) / 3 * 4 + 1> text{};
  const int size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(Size));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

std::string random_key() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return base64(bytes);
}

/// What Sec-WebSocket-Accept must be (RFC 6455, section 4.2.2).
std::string accept_of(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return base64(digest);
}

std::string last_error() {
  // A timeout of a blocking socket is reported as EAGAIN, which says nothing to people.
  return errno == EAGAIN ? "no answer within 10 s" : std::strerror(errno);
}

/// Connects, and leaves the socket with the limits of what follows.
bool connects(int fd, const addrinfo& to) {
  const timeval limit{10, 0};
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return ::connect(fd, to.ai_addr, to.ai_addrlen) == 0;
}

} // namespace

void dialler::addresses_free::operator()(addrinfo* addresses) const noexcept {
  ::freeaddrinfo(addresses);
}

dialler::dialler(url target) : target_(std::move(target)) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(target_.host.c_str(), target_.port.c_str(), &hints, &found);
  if (error != 0) fail(::gai_strerror(error));
  addresses_.reset(found);
}

void dialler::fail(const std::string& why) const {
  throw unreachable(target_.origin(), why);
}

socket_handle dialler::connect() const {
  for (const auto* each = addresses_.get(); each != nullptr; each = each->ai_next) {
    socket_handle socket(::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket && connects(socket.get(), *each)) return socket;
  }
  fail(last_error());
}

dialled dialler::dial(bool upgrades) const {
  auto socket = connect();
  const int fd = socket.get();
  channel server(std::move(socket), target_.is_secure ? secure(fd) : nullptr);
  std::string input;
  if (upgrades) input = upgrade(server);
  const int flags = ::fcntl(fd, F_GETFL);
  if (::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) fail(last_error());
  return {std::move(server), std::move(input)};
}

session_ptr dialler::secure(int fd) const {
  session_ptr session(SSL_new(target_.trust->context()));
  if (!session || SSL_set_fd(session.get(), fd) != 1) throw std::bad_alloc();
  target_.trust->expect(session.get(), target_.host);
  ERR_clear_error();
  const int done = SSL_connect(session.get());
  if (done == 1) return session;
  if (SSL_get_error(session.get(), done) == SSL_ERROR_WANT_READ) fail("no answer within 10 s");
  const auto code = ERR_peek_error();
  ERR_clear_error();
  const auto why = target_.trust->why_failed(session.get(), target_.host, code);
  throw unreachable(target_.origin(), unreachable::advised{why});
}

std::string dialler::upgrade(channel& server) const {
  const auto key = random_key();
  const std::string request = "GET " + target_.path + " HTTP/1.1\r\nHost: " + target_.authority() +
                              "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
                              key + "\r\n" + target_.authorization() + "\r\n";
  if (server.write(request).bytes != request.size()) fail("it takes no handshake");
  std::string input;
  std::vector<char> buffer(max_header);
  std::size_t end = std::string::npos;
  while ((end = input.find("\r\n\r\n")) == std::string::npos) {
    const auto got = server.read(buffer.data(), buffer.size());
    if (!got.is_open) fail("it ended the handshake: " + got.why);
    if (got.bytes == 0) fail("no answer within 10 s");
    input.append(buffer.data(), got.bytes);
    if (input.size() > max_header) fail("its handshake does not end");
  }
  check_upgrade(input, end, key);
  return input.substr(end + 4);
}

void dialler::check_upgrade(std::string_view input, std::size_t end, const std::string& key) const {
  const auto header = input.substr(0, end);
  if (!header.starts_with("HTTP/1.1 101")) {
    const auto status = header.starts_with("HTTP/1.1 400") ? 400U : 0U;
    const auto why = wants_tls(target_, status, input.substr(end + 4));
    if (!why.empty()) throw unreachable(target_.origin(), unreachable::advised{why});
    fail("it refused the WebSocket: " + std::string(header.substr(0, header.find("\r\n"))));
  }
  // The header's name may be in any case; the value is case-sensitive and found by itself.
  if (header.find(accept_of(key)) == std::string_view::npos) {
    fail("its handshake lacks the right Sec-WebSocket-Accept");
  }
}

} // namespace squall::cli::bench
