#include "deploy/cli/bench/dial.hpp"

#include "deploy/cli/exit_code.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

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

} // namespace

socket_handle::~socket_handle() {
  close();
}

void socket_handle::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

dialler::dialler(url target) : target_(std::move(target)) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(target_.host.c_str(), target_.port.c_str(), &hints, &found);
  if (error != 0) fail(::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(found, &::freeaddrinfo);
  std::memcpy(&address_, found->ai_addr, found->ai_addrlen);
  address_size_ = found->ai_addrlen;
}

void dialler::fail(const std::string& why) const {
  throw unreachable("http://" + target_.authority(), why);
}

socket_handle dialler::connect() const {
  socket_handle socket(::socket(address_.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) fail(last_error());
  const timeval limit{10, 0};
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* address = reinterpret_cast<const sockaddr*>(&address_);
  if (::connect(socket.get(), address, address_size_) != 0) fail(last_error());
  return socket;
}

dialled dialler::dial(bool upgrade) const {
  auto socket = connect();
  std::string input;
  if (upgrade) input = shake_hands(socket.get());
  const int flags = ::fcntl(socket.get(), F_GETFL);
  if (::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0) fail(last_error());
  return {std::move(socket), std::move(input)};
}

std::string dialler::shake_hands(int fd) const {
  const auto key = random_key();
  const std::string request = "GET " + target_.path + " HTTP/1.1\r\nHost: " + target_.authority() +
                              "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
                              key + "\r\n" + target_.authorization() + "\r\n";
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    fail(last_error());
  }
  std::string input;
  std::array<char, 4096> buffer{};
  std::size_t end = std::string::npos;
  while ((end = input.find("\r\n\r\n")) == std::string::npos) {
    const auto size = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (size < 0) fail(last_error());
    if (size == 0) fail("it closed the connection during the handshake");
    input.append(buffer.data(), static_cast<std::size_t>(size));
    if (input.size() > max_header) fail("its handshake does not end");
  }
  const auto header = std::string_view(input).substr(0, end);
  if (!header.starts_with("HTTP/1.1 101")) {
    fail("it refused the WebSocket: " + std::string(header.substr(0, header.find("\r\n"))));
  }
  // The header's name may be in any case; the value is case-sensitive and found by itself.
  if (header.find(accept_of(key)) == std::string_view::npos) {
    fail("its handshake lacks the right Sec-WebSocket-Accept");
  }
  return input.substr(end + 4);
}

} // namespace squall::cli::bench
