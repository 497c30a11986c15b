#pragma once

#include "proto/cluster.hpp"

#include <cstdint>
#include <string>

namespace squall::proto {

/// How the store behind a gateway's queues has worked since the start.
struct store_report {
  std::string trouble; ///< why it does not work now, for people; empty: it does
  latency_histogram commits;
  std::uint64_t failed_commits = 0; ///< not in `commits`
};

} // namespace squall::proto
