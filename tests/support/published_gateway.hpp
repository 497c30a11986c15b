#pragma once

#include "proto/messages.hpp"
#include "proto/system_config.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <cstdint>
#include <tuple>

namespace squall::tests {

/// For an actor system that meets others.
inline proto::system_options networked() {
  proto::system_options options;
  options.threads = 3;
  options.network = true;
  return options;
}

/// The cluster side of a gateway, in an actor system of its own: a router, real or not, and a door
/// to it that is published on 127.0.0.1. Its end is that of both.
template <class Router>
class published_gateway {
public:
  /// `start` gets the actor system and returns a pair of router and door. Port 0 takes a free one.
  template <class Start>
  explicit published_gateway(Start start, std::uint16_t port = 0) {
    std::tie(router_, door_) = start(system_);
    const auto taken = system_.middleman().publish(door_, port, "127.0.0.1", true);
    REQUIRE(taken);
    port_ = *taken;
  }

  ~published_gateway() {
    system_.middleman().unpublish(door_, port_);
    caf::anon_send_exit(door_, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(router_, caf::exit_reason::user_shutdown);
  }

  published_gateway(const published_gateway&) = delete;
  published_gateway& operator=(const published_gateway&) = delete;

  caf::actor_system& system() { return system_; }
  const Router& router() const { return router_; }
  std::uint16_t port() const { return port_; }

private:
  proto::system_config config_{networked()};
  caf::actor_system system_{config_};
  Router router_;
  proto::door_actor door_;
  std::uint16_t port_ = 0;
};

} // namespace squall::tests
