#pragma once

#include "proto/version.hpp"

#include <chrono>
#include <string>

namespace squall::gateway::http {

/// Who a gateway is. Made at its start, never changed.
struct gateway_identity {
  std::string name;
  std::string id; ///< its incarnation
  std::string version{proto::software_version};
  std::string listen;  ///< address for clients, with the port that was taken
  std::string cluster; ///< address for workers; empty: none may join
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

} // namespace squall::gateway::http
