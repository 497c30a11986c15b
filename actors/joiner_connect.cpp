#include "actors/joiner_connect.hpp"

#include <caf/actor_cast.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace squall::actors {

void port_probe::start(const std::string& host, std::uint16_t port) {
  reset();
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (auto code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found)) {
    error_ = gai_strerror(code);
    return;
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> guard{found, &freeaddrinfo};
  socket_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return fail(errno);
  if (::connect(socket_, found->ai_addr, found->ai_addrlen) != 0 && errno != EINPROGRESS)
    fail(errno);
}

port_probe::state port_probe::check() {
  if (socket_ < 0) return state::failed;
  pollfd interest{socket_, POLLOUT, 0};
  if (::poll(&interest, 1, 0) == 0) return state::waiting;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error == 0) return state::open;
  fail(error);
  return state::failed;
}

void port_probe::reset() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  error_.clear();
}

void port_probe::fail(int error) {
  reset();
  error_ = std::strerror(error);
}

caf::io::middleman_actor connector(caf::actor_system& system) {
  return system.has_openssl_manager() ? system.openssl_manager().actor_handle()
                                      : system.middleman().actor_handle();
}

void drop_connection(caf::actor_system& system, const caf::node_id& node) {
  if (!node || node == system.node()) return;
  auto broker = system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  // The broker lives on the middleman's thread, so its state is touched there alone.
  system.middleman().backend().post([broker, node] {
    auto* basp = static_cast<caf::io::basp_broker*>(caf::actor_cast<caf::abstract_actor*>(broker));
    if (basp->getf(caf::abstract_actor::is_terminated_flag)) return;
    if (auto connection = basp->instance.tbl().lookup_direct(node)) {
      basp->connection_cleanup(*connection, caf::sec::connection_timeout);
      basp->close(*connection);
    }
  });
}

} // namespace squall::actors
