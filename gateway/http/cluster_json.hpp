#pragma once

#include "gateway/counters.hpp"
#include "gateway/http/identity.hpp"
#include "proto/cluster.hpp"

#include <string>

namespace squall::gateway::http {

/// The cluster as one gateway sees it, as JSON text: `gateways`, `workers`, `kinds`. What
/// `GET /v1/cluster`, the method `status` and `squall status` show. Any thread.
std::string cluster_json(const proto::router_status& status, const gateway_identity& gateway,
                         const counters& counts);

} // namespace squall::gateway::http
