#include "deploy/cli/status_view.hpp"

#include "deploy/cli/json_fields.hpp"
#include "deploy/cli/table.hpp"
#include "deploy/cli/units.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

namespace squall::cli {

namespace {

using fields::flag;
using fields::list;
using fields::number;
using fields::text;
using json = nlohmann::ordered_json;

/// The element of `array` whose `key` is the same as in `like`; appended as it is when there is
/// none, and then null.
json* same(json& array, const json& like, const char* key) {
  for (auto& element : array) {
    if (text(element, key) == text(like, key)) return &element;
  }
  array.push_back(like);
  return nullptr;
}

void add_up(json& into, const json& from, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    into[key] = number(into, key) + number(from, key);
}

void merge_worker(json& workers, const json& worker) {
  auto* known = same(workers, worker, "id");
  if (known == nullptr) return;
  (*known)["draining"] = flag(*known, "draining") || flag(worker, "draining");
  (*known)["joined_s"] = std::max(number(*known, "joined_s"), number(worker, "joined_s"));
  auto pools = list(*known, "pools");
  for (const auto& pool : list(worker, "pools")) {
    if (auto* there = same(pools, pool, "kind")) {
      add_up(*there, pool, {"window", "in_flight", "done", "failed"});
    }
  }
  (*known)["pools"] = std::move(pools);
}

/// Slots are those of the workers, each counted once.
void count_slots(json& kinds, const json& workers) {
  for (auto& kind : kinds) {
    std::uint64_t slots = 0;
    for (const auto& worker : workers) {
      for (const auto& pool : list(worker, "pools")) {
        if (text(pool, "kind") == text(kind, "kind")) slots += number(pool, "slots");
      }
    }
    kind["slots"] = slots;
  }
}

cell failures(std::uint64_t count) {
  return cell(count, count > 0 ? tone::bad : tone::plain);
}

cell state(const json& object) {
  return flag(object, "draining") ? cell("draining", tone::warning) : cell("up", tone::good);
}

std::string gateways_table(const json& cluster, bool colours) {
  table rows(
      {"GATEWAY", "STATE", "CLIENTS AT", "WORKERS AT", "HTTP", "WEBSOCKET", "UP", "VERSION"});
  for (const auto& each : list(cluster, "gateways")) {
    const auto connections = each.value("connections", json::object());
    rows.add({text(each, "name"), state(each), text(each, "listen"), text(each, "cluster"),
              cell(number(connections, "http")), cell(number(connections, "websocket")),
              format_age(number(each, "uptime_s")), text(each, "version")});
  }
  return rows.render(colours);
}

std::string kinds_table(const json& cluster, bool colours) {
  table rows({"KIND", "SLOTS", "IN FLIGHT", "WAITING", "DONE", "FAILED", "REDONE"});
  for (const auto& each : list(cluster, "kinds")) {
    const auto slots = number(each, "slots");
    rows.add({text(each, "kind"), cell(slots, slots == 0 ? tone::bad : tone::plain),
              cell(number(each, "in_flight")), cell(number(each, "waiting")),
              cell(number(each, "done")), failures(number(each, "failed")),
              cell(number(each, "redone"))});
  }
  return rows.empty() ? "No kinds yet: no pool has joined.\n" : rows.render(colours);
}

std::string workers_table(const json& cluster, bool colours) {
  table rows(
      {"WORKER", "STATE", "HOST", "PID", "KIND", "SLOTS", "IN FLIGHT", "DONE", "FAILED", "UP"});
  for (const auto& each : list(cluster, "workers")) {
    const auto pid = cell(std::to_string(number(each, "pid")));
    const auto name = text(each, "name") + (flag(each, "local") ? " (in the gateway)" : "");
    const auto up = format_age(number(each, "joined_s"));
    if (list(each, "pools").empty()) // it consumes queues, and offers nothing for calls
      rows.add({name, state(each), text(each, "host"), pid, "-", "-", "-", "-", "-", up});
    for (const auto& pool : list(each, "pools")) {
      rows.add({name, state(each), text(each, "host"), pid, text(pool, "kind"),
                cell(number(pool, "slots")), cell(number(pool, "in_flight")),
                cell(number(pool, "done")), failures(number(pool, "failed")), up});
    }
  }
  return rows.empty() ? "No workers.\n" : rows.render(colours);
}

} // namespace

json merge_clusters(const std::vector<json>& documents) {
  json gateways = json::array();
  json workers = json::array();
  json kinds = json::array();
  for (const auto& document : documents) {
    for (const auto& gateway : list(document, "gateways"))
      same(gateways, gateway, "id");
    for (const auto& worker : list(document, "workers"))
      merge_worker(workers, worker);
    for (const auto& kind : list(document, "kinds")) {
      if (auto* known = same(kinds, kind, "kind")) {
        add_up(*known, kind, {"in_flight", "waiting", "done", "failed", "redone"});
      }
    }
  }
  if (documents.size() > 1) count_slots(kinds, workers);
  return {{"gateways", std::move(gateways)},
          {"workers", std::move(workers)},
          {"kinds", std::move(kinds)}};
}

std::string render_cluster(const json& cluster, bool colours) {
  return gateways_table(cluster, colours) + "\n" + kinds_table(cluster, colours) + "\n" +
         workers_table(cluster, colours);
}

} // namespace squall::cli
