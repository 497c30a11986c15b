#pragma once

#include "deploy/cli/url.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace squall::cli::bench {

/// What the generator speaks.
enum class language {
  websocket, ///< plain integers, one a message, answered in order
  rpc,       ///< JSON-RPC, matched by id
  http,      ///< GET with keep-alive; several in flight are pipelined
};

/// What counts as a right answer.
enum class expectation {
  prime,  ///< whether the number is prime, as Squall words it
  echo,   ///< the question itself
  loose,  ///< begins with the number; HTTP: any body
  result, ///< JSON-RPC: any result, but no error
};

struct options {
  language speaks = language::websocket;
  expectation expect = expectation::prime;
  url target;
  std::string method;        ///< JSON-RPC: asked instead of `prime`, always with the same `params`
  std::string params = "{}"; ///< a JSON object or array
  std::size_t connections = 64;
  std::size_t in_flight = 1; ///< of one connection
  std::chrono::microseconds warmup{1'000'000};
  std::chrono::microseconds seconds{5'000'000}; ///< measured, after the warm-up
  double rate = 0; ///< questions a second of all connections, on a fixed schedule; 0: each
                   ///< connection asks when it was answered
};

} // namespace squall::cli::bench
