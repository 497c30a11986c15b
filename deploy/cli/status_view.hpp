#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace squall::cli {

/// What several gateways say of their cluster (documents of `/v1/cluster`) as one document of the
/// same shape. A worker of several gateways appears once, with what it does for all of them.
/// Missing members count as empty, so that a newer or older gateway can be shown too.
nlohmann::ordered_json merge_clusters(const std::vector<nlohmann::ordered_json>& documents);

/// Tables of gateways, kinds and workers.
std::string render_cluster(const nlohmann::ordered_json& cluster, bool colours);

} // namespace squall::cli
