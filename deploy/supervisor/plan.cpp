#include "deploy/supervisor/plan.hpp"

#include "deploy/manifest/process_flags.hpp"
#include "proto/endpoint.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace squall::supervisor {

namespace {

using nlohmann::json;

/// A sanity bound: more processes than this are a slip of the keyboard, not a wish.
constexpr std::uint32_t most_replicas = 1'000;

json options_of(const manifest::declared& entry) {
  auto options = entry.options.empty() ? json::object() : json::parse(entry.options);
  options["name"] = entry.name;
  return options;
}

std::string declared_text(const manifest::manifest& of) {
  json text{{"queues", json::array()}, {"schedules", json::array()}};
  for (const auto& queue : of.queues)
    text["queues"].push_back(options_of(queue));
  for (const auto& schedule : of.schedules)
    text["schedules"].push_back(options_of(schedule));
  return text.dump(2) + "\n";
}

group group_of(const manifest::manifest& of, const manifest::gateway_group& from,
               const std::string& declared_in) {
  group to;
  to.name = from.name;
  to.part = role::gateway;
  to.replicas = from.replicas;
  to.listen = proto::to_string(from.listen);
  if (from.cluster) to.cluster = proto::to_string(*from.cluster);
  to.flags = manifest::gateway_flags(of, from, to.listen, to.cluster, declared_in);
  to.environment = from.environment;
  to.contents = contents_of(to.flags);
  to.drain_timeout = from.drain_timeout;
  return to;
}

group group_of(const manifest::manifest& of, const manifest::worker_group& from) {
  group to;
  to.name = from.name;
  to.replicas = from.replicas;
  to.scale = from.scale;
  to.join = from.join;
  to.flags = manifest::worker_flags(of, from, {});
  to.environment = from.environment;
  to.drain_timeout = from.drain_timeout;
  return to;
}

/// The address of the gateway with this number, from 0.
std::string cluster_address(const group& gateways, std::uint32_t number) {
  auto where = proto::parse_endpoint(gateways.cluster);
  if (!where) return "";
  if (where->port != 0) where->port = static_cast<std::uint16_t>(where->port + number);
  return proto::to_string(*where);
}

/// Where a process of this machine reaches what listens there.
std::string reachable(const std::string& address) {
  auto where = proto::parse_endpoint(address);
  if (!where) return address;
  if (where->host == "0.0.0.0") where->host = "127.0.0.1";
  if (where->host == "::") where->host = "::1";
  return proto::to_string(*where);
}

std::vector<std::string> addresses_to_join(const plan& of, const group& workers) {
  std::vector<std::string> addresses;
  for (const auto& name : workers.join) {
    const auto at = std::ranges::find_if(of.groups, [&](const group& other) {
      return other.part == role::gateway && other.name == name;
    });
    if (at == of.groups.end()) {
      addresses.push_back(name);
      continue;
    }
    for (std::uint32_t number = 0; number < at->replicas && !at->cluster.empty(); ++number)
      addresses.push_back(reachable(cluster_address(*at, number)));
  }
  return addresses;
}

/// Two gateways side by side would want the same cluster port, or the same file.
bool may_overlap(const group& gateways) {
  const auto store = gateways.flags.find("store");
  return gateways.cluster.empty() && store != gateways.flags.end() && !store->second.empty() &&
         store->second.front().starts_with("postgres");
}

process_spec process_of(const plan& of, const group& from, std::uint32_t number) {
  process_spec spec;
  spec.name = from.name + "-" + std::to_string(number + 1);
  spec.group = from.name;
  spec.part = from.part;
  spec.listen = from.listen;
  spec.flags = from.flags;
  spec.flags["name"] = {spec.name};
  spec.environment = from.environment;
  spec.contents = from.contents;
  spec.drain_timeout = from.drain_timeout;
  if (of.max_log_bytes > 0) spec.environment[log_size_variable] = std::to_string(of.max_log_bytes);
  if (from.part == role::gateway) {
    spec.flags["cluster"] = {cluster_address(from, number)};
    spec.overlaps = may_overlap(from);
  } else {
    spec.flags["join"] = addresses_to_join(of, from);
    spec.overlaps = true;
  }
  return spec;
}

} // namespace

std::string_view to_string(role which) {
  return which == role::gateway ? "gateway" : "worker";
}

plan make_plan(const manifest::manifest& of, const std::string& declared_in) {
  plan made{of.name, {}, declared_text(of), of.max_log_bytes, {}};
  for (const auto& gateways : of.gateways)
    made.groups.push_back(group_of(of, gateways, declared_in));
  for (const auto& workers : of.workers)
    made.groups.push_back(group_of(of, workers));
  for (const auto& workers : of.workers)
    if (workers.limits != manifest::resources()) made.unlimited.push_back(workers.name);
  return made;
}

std::vector<process_spec> processes_of(const plan& of) {
  std::vector<process_spec> all;
  for (const auto part : {role::gateway, role::worker})
    for (const auto& each : of.groups)
      for (std::uint32_t number = 0; each.part == part && number < each.replicas; ++number)
        all.push_back(process_of(of, each, number));
  return all;
}

plan scaled(plan from, std::string_view group_name, std::uint32_t replicas) {
  std::string known;
  for (auto& each : from.groups) {
    known.append(known.empty() ? "" : ", ").append(each.name);
    if (each.name != group_name) continue;
    if (replicas > most_replicas)
      throw std::invalid_argument("at most " + std::to_string(most_replicas) +
                                  " processes of a group run on one machine");
    if (replicas == 0 && each.part == role::gateway)
      throw std::invalid_argument("a group of gateways needs one process at least; squall down "
                                  "ends all");
    if (each.scale)
      throw std::invalid_argument(
          each.name + " scales itself between " + std::to_string(each.scale->min) + " and " +
          std::to_string(each.scale->max) +
          " processes; change 'min' and 'max' in the manifest, then squall apply");
    each.replicas = replicas;
    return from;
  }
  throw std::invalid_argument("there is no group '" + std::string(group_name) +
                              "'; there are: " + known);
}

plan keep_scaled(plan wanted, const plan& now) {
  for (auto& each : wanted.groups) {
    const auto before = std::ranges::find(now.groups, each.name, &group::name);
    if (each.scale && before != now.groups.end())
      each.replicas = std::clamp(before->replicas, each.scale->min, each.scale->max);
  }
  return wanted;
}

std::string config_of(const process_spec& spec) {
  return manifest::to_toml(to_string(spec.part), spec.flags);
}

} // namespace squall::supervisor
