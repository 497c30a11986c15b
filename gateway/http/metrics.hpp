#pragma once

#include "gateway/counters.hpp"
#include "gateway/http/identity.hpp"
#include "proto/cluster.hpp"

#include <string>

namespace squall::gateway::http {

/// Everything that a gateway measures, in Prometheus' text format. Any thread.
std::string metrics_text(const proto::router_status& status, const gateway_identity& gateway,
                         const counters& counts);

} // namespace squall::gateway::http
