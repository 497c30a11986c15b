#pragma once

#include "proto/cluster.hpp"

namespace squall::tests {

/// A worker with one pool, and calls of every sort of end.
inline proto::router_status sample_status() {
  proto::router_status status;
  proto::worker_status worker;
  worker.who = {"w1", "def", "box", 7, "0.1.0", false};
  worker.draining = true;
  worker.joined_ms = 1500;
  worker.pools = {{"prime", 2, 8, 1, 5, 1}};
  status.workers = {worker};
  proto::kind_status kind;
  kind.info.name = "prime";
  kind.slots = 2;
  kind.in_flight = 1;
  kind.waiting = 4;
  kind.redone = 1;
  kind.outcomes = {{"ok", 5}, {"invalid_params", 2}, {"from_the_future", 1}};
  kind.waiting_time.counts[0] = 3;
  kind.waiting_time.counts[2] = 4;
  kind.waiting_time.counts.back() = 1;
  kind.waiting_time.sum_seconds = 40.25;
  status.kinds = {kind};
  return status;
}

} // namespace squall::tests
