#include "gateway/http/cluster_json.hpp"

#include "gateway/http/handlers.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace squall::gateway::http {
namespace {

using json = nlohmann::ordered_json;

json gateway_entry(const gateway_identity& gateway, const counters& counts, bool draining) {
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - gateway.started;
  return {{"name", gateway.name},
          {"id", gateway.id},
          {"version", gateway.version},
          {"uptime_s", uptime.count()},
          {"listen", gateway.listen},
          {"cluster", gateway.cluster},
          {"draining", draining},
          {"connections",
           {{"http", counts.http_connections.load()},
            {"websocket", counts.websocket_connections.load()}}}};
}

json worker_entry(const proto::worker_status& worker) {
  auto pools = json::array();
  for (const auto& pool : worker.pools)
    pools.push_back({{"kind", pool.kind},
                     {"slots", pool.slots},
                     {"window", pool.window},
                     {"in_flight", pool.in_flight},
                     {"done", pool.done},
                     {"failed", pool.failed}});
  return {
      {"name", worker.who.name},        {"id", worker.who.id},
      {"host", worker.who.host},        {"pid", worker.who.pid},
      {"version", worker.who.software}, {"local", worker.who.local},
      {"draining", worker.draining},    {"joined_s", static_cast<double>(worker.joined_ms) / 1000},
      {"pools", std::move(pools)}};
}

json kind_entry(const proto::kind_status& kind) {
  std::uint64_t done = 0, failed = 0;
  for (const auto& [outcome, count] : kind.outcomes)
    (outcome == "ok" ? done : failed) += count;
  return {{"kind", kind.info.name},  {"slots", kind.slots}, {"in_flight", kind.in_flight},
          {"waiting", kind.waiting}, {"done", done},        {"failed", failed},
          {"redone", kind.redone}};
}

} // namespace

std::string cluster_json(const proto::router_status& status, const gateway_identity& gateway,
                         const counters& counts) {
  auto workers = json::array(), kinds = json::array();
  for (const auto& worker : status.workers)
    workers.push_back(worker_entry(worker));
  for (const auto& kind : status.kinds)
    kinds.push_back(kind_entry(kind));
  json document;
  document["gateways"] =
      json::array({gateway_entry(gateway, counts, status.draining || counts.leaving)});
  document["workers"] = std::move(workers);
  document["kinds"] = std::move(kinds);
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

reply show_cluster(const context& shared, request&) {
  return rendering{
      [&gateway = shared.identity, &counts = shared.counts](const proto::router_status& status) {
        return cluster_json(status, gateway, counts);
      },
      application_json};
}

} // namespace squall::gateway::http
