#include "gateway/cluster_port.hpp"

#include "gateway/refused_peers.hpp"
#include "proto/tls_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/openssl/publish.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <semaphore>
#include <stdexcept>
#include <string>

namespace squall::gateway {
namespace {

/// Why an address cannot be had. CAF keeps that to itself, so this tries once more.
std::string reason(const proto::endpoint& where, const std::string& otherwise) {
  using boost::asio::ip::tcp;
  boost::asio::io_context context;
  try {
    const auto found = tcp::resolver{context}.resolve(where.host, std::to_string(where.port));
    const tcp::acceptor taken{context, found.begin()->endpoint()};
    return otherwise;
  } catch (const boost::system::system_error& error) {
    return error.code().message();
  }
}

/// CAF refuses without a word who has no certificate of the cluster.
void log_refusals() {
  proto::listen_for_refusals([peers = refused_peers{}](const proto::refused_peer& peer) mutable {
    if (const auto line = peers.note(peer.address, peer.reason, std::chrono::steady_clock::now()))
      spdlog::warn(*line);
  });
}

} // namespace

std::uint16_t open_cluster_port(caf::actor_system& system, const proto::door_actor& door,
                                const proto::endpoint& where, bool tls) {
  // Without `reuse` a restarted gateway could not take its port back.
  constexpr bool reuse = true;
  const char* host = where.host.c_str();
  if (tls) log_refusals();
  auto port = tls ? caf::openssl::publish(door, where.port, host, reuse)
                  : system.middleman().publish(door, where.port, host, reuse);
  if (!port)
    throw std::runtime_error{"cannot listen on " + proto::to_string(where) +
                             " for workers: " + reason(where, system.render(port.error()))};
  return *port;
}

void close_cluster_port(caf::actor_system& system, const proto::door_actor& door,
                        std::uint16_t port, bool tls) {
  if (tls) {
    proto::listen_for_refusals({});
    // caf::openssl::unpublish does not compile in 0.17.6; this is what it wants to say.
    caf::anon_send(system.openssl_manager().actor_handle(), caf::unpublish_atom::value,
                   caf::actor_cast<caf::actor_addr>(door), port);
  } else {
    system.middleman().unpublish(door, port);
  }
}

void settle_cluster_port(caf::actor_system& system) {
  std::binary_semaphore reached{0};
  system.middleman().backend().post([&reached] { reached.release(); });
  reached.acquire();
}

} // namespace squall::gateway
