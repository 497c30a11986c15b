#pragma once

#include "gateway/counters.hpp"
#include "gateway/http/identity.hpp"
#include "proto/cluster.hpp"
#include "proto/queue.hpp"

#include <cstdint>
#include <string>

namespace squall::gateway::http {

/// All queues of a gateway together: their names are clients', and so no labels.
struct queue_totals {
  std::uint64_t queues = 0;
  std::uint64_t ready = 0, delayed = 0, leased = 0, dead = 0, done = 0, cancelled = 0;
  std::uint64_t bytes = 0;
  std::uint64_t getters = 0, putters = 0, joiners = 0;
  proto::queue_events events;
};
/// Of an answer about all queues.
queue_totals sum_up(const proto::queue_answer& books);

/// Everything that a gateway measures, in Prometheus' text format. Any thread.
std::string metrics_text(const proto::router_status& status, const queue_totals& queues,
                         const gateway_identity& gateway, const counters& counts);

} // namespace squall::gateway::http
