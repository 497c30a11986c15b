#include "deploy/render/container.hpp"

#include "deploy/manifest/store_text.hpp"
#include "workers/registry.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <sstream>
#include <stdexcept>

namespace squall::render {
namespace {

using manifest::gateway_group;
using manifest::worker_group;

constexpr std::uint16_t first_open_port = 1'024;

/// A port that a user without rights may listen on: 443 is 8443.
std::uint16_t open_port(std::uint16_t wanted) {
  return wanted < first_open_port ? static_cast<std::uint16_t>(wanted + 8'000) : wanted;
}

/// All addresses, of both families where the manifest has one of IPv6.
std::string everywhere(const proto::endpoint& like) {
  const bool is_ipv6 = like.host.find(':') != std::string::npos;
  return proto::to_string({is_ipv6 ? "::" : "0.0.0.0", open_port(like.port)});
}

std::uint16_t checked_port(const std::string& group, const char* key, const proto::endpoint& at) {
  if (at.port == 0)
    throw std::invalid_argument("the gateway '" + group + "' takes any free port for '" + key +
                                "', which nothing could be led to in a container; name one");
  return open_port(at.port);
}

std::int64_t seconds_of(std::chrono::milliseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time).count();
}

/// Names as cert-manager and Kubernetes' own `tls` Secrets have them.
brought_part cluster_part(const manifest::manifest& of) {
  const std::filesystem::path from = of.cluster.tls;
  return {"cluster-tls",
          true,
          "/run/secrets/cluster-tls",
          {{"ca.crt", from / "ca.pem", "ca.pem"},
           {"tls.crt", from / "cert.pem", "cert.pem"},
           {"tls.key", from / "key.pem", "key.pem"}}};
}

/// What both sorts have in common. \param group is changed to the paths in the container
template <class Group>
container common(manifest::manifest& of, Group& group, const char* command) {
  if (group.name == "declared")
    throw std::invalid_argument("the group 'declared' needs another name: what gateways declare is "
                                "mounted by that one");
  container out;
  out.group = group.name;
  out.command = command;
  out.drain_seconds = seconds_of(group.drain_timeout);
  if (!of.cluster.tls.empty()) {
    out.brought.push_back(cluster_part(of));
    of.cluster.tls = out.brought.back().folder;
  }
  if (const auto ca = group.flags.find("fetch-ca");
      ca != group.flags.end() && !ca->second.empty() && !ca->second.front().empty()) {
    out.brought.push_back(
        {"fetch-ca", false, "/run/secrets/fetch-ca", {{"ca.crt", ca->second.front(), "ca.pem"}}});
    ca->second = {"/run/secrets/fetch-ca/ca.pem"};
  }
  out.secret_environment = group.from_variables;
  for (const auto& [name, text] : group.environment)
    if (std::ranges::find(group.from_variables, name) == group.from_variables.end())
      out.environment.emplace(name, text);
  return out;
}

/// Files that only gateways have.
void bring(container& to, gateway_group& group) {
  if (!group.tls_certificate.empty()) {
    to.brought.push_back(
        {"tls",
         false,
         "/run/secrets/tls",
         {{"tls.crt", group.tls_certificate, "cert.pem"}, {"tls.key", group.tls_key, "key.pem"}}});
    group.tls_certificate = "/run/secrets/tls/cert.pem";
    group.tls_key = "/run/secrets/tls/key.pem";
  }
  if (!group.tokens.empty()) {
    to.brought.push_back(
        {"tokens", false, "/run/secrets/tokens", {{"tokens", group.tokens, "tokens"}}});
    group.tokens = "/run/secrets/tokens/tokens";
  }
}

void place_store(container& to, gateway_group& group) {
  if (manifest::has_password(group.store))
    throw std::invalid_argument("the store of the gateway '" + group.name +
                                "' has a password in its URL, which would be written to a file; "
                                "leave it out, and set PGPASSWORD in the group's environment to "
                                "${PGPASSWORD}");
  if (manifest::is_shared_store(group.store) || group.store == "memory:") return;
  to.has_store_file = true;
  group.store = "sqlite:" + std::string(store_folder) + "/queues.db";
}

/// What `auto` is for a kind that computes: the processors that the container may use, since the
/// process counts those of its host.
std::string slots_of(const std::string& kind, const std::string& slots,
                     const manifest::resources& limits, const workers::registry& kinds) {
  const auto* const known = kinds.find(kind);
  if (slots != "auto" || !limits.cpus || known == nullptr || !known->info.cpu_bound) return slots;
  return std::to_string(std::max(1L, std::lround(*limits.cpus)));
}

void count_processors(worker_group& group) {
  const auto kinds = workers::built_in_kinds();
  for (auto& [kind, slots] : group.pools)
    slots = slots_of(kind, slots, group.limits, kinds);
  for (auto& [queue, what] : group.consume) {
    const auto colon = what.rfind(':');
    if (colon == std::string::npos) continue;
    const auto slots = what.substr(colon + 1);
    what.replace(colon + 1, slots.size(),
                 slots_of(what.substr(0, colon), slots, group.limits, kinds));
  }
}

/// Asks the process itself, by its own loopback, where no certificate names it.
std::vector<std::string> asks_readyz(const gateway_group& group, std::uint16_t port) {
  const bool is_ipv6 = group.listen.host.find(':') != std::string::npos;
  const std::string scheme = group.tls_certificate.empty() ? "http://" : "https://";
  return {"curl",
          "-fsk",
          "-o",
          "/dev/null",
          "--max-time",
          "3",
          scheme + (is_ipv6 ? "[::1]:" : "127.0.0.1:") + std::to_string(port) + "/readyz"};
}

/// A worker listens nowhere: it is ready while it holds a connection (state 01) to the port of a
/// gateway. One that hangs is known by its gateways, which hear from it twice a second.
std::vector<std::string> looks_for_connection(const std::set<std::uint16_t>& ports) {
  std::ostringstream list;
  list << std::hex << std::uppercase;
  for (const auto port : ports) {
    list << (list.tellp() > 0 ? "|" : "");
    list.width(4);
    list.fill('0');
    list << port;
  }
  return {"grep", "-qsE", ": [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:(" + list.str() + ") 01 ",
          "/proc/net/tcp", "/proc/net/tcp6"};
}

nlohmann::ordered_json listed(const std::vector<manifest::declared>& entries) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& each : entries) {
    nlohmann::ordered_json entry = {{"name", each.name}};
    entry.update(nlohmann::ordered_json::parse(each.options));
    list.push_back(std::move(entry));
  }
  return list;
}

} // namespace

bool has_declared(const manifest::manifest& of) {
  return !of.gateways.empty() && (!of.queues.empty() || !of.schedules.empty());
}

std::string declared_text(const manifest::manifest& of) {
  const nlohmann::ordered_json text = {{"queues", listed(of.queues)},
                                       {"schedules", listed(of.schedules)}};
  return text.dump(2) + "\n";
}

std::string config_path(std::string_view file) {
  return std::string(config_folder) + "/" + std::string(file);
}

container gateway_container(const manifest::manifest& whole, const gateway_group& original) {
  auto of = whole;
  auto group = original;
  auto out = common(of, group, "gateway");
  out.client_port = checked_port(group.name, "listen", group.listen);
  std::string cluster;
  if (group.cluster) {
    out.cluster_port = checked_port(group.name, "cluster", *group.cluster);
    cluster = everywhere(*group.cluster);
  }
  bring(out, group);
  place_store(out, group);
  out.ready = asks_readyz(group, out.client_port);
  out.flags = manifest::gateway_flags(of, group, everywhere(group.listen), cluster,
                                      has_declared(of) ? config_path("declared.json") : "");
  return out;
}

container worker_container(const manifest::manifest& whole, const worker_group& original,
                           const std::function<std::string(const std::string&)>& host_of) {
  auto of = whole;
  auto group = original;
  count_processors(group);
  auto out = common(of, group, "worker");
  std::vector<std::string> join;
  std::set<std::uint16_t> ports;
  for (const auto& place : group.join) {
    const auto gateways = std::ranges::find(of.gateways, place, &gateway_group::name);
    std::optional<proto::endpoint> at;
    if (gateways == of.gateways.end())
      at = proto::parse_endpoint(place);
    else if (gateways->cluster)
      at = {host_of(place), checked_port(place, "cluster", *gateways->cluster)};
    if (!at)
      throw std::invalid_argument("the workers '" + group.name + "' cannot join '" + place + "'");
    join.push_back(proto::to_string(*at));
    ports.insert(at->port);
  }
  out.ready = looks_for_connection(ports);
  out.flags = manifest::worker_flags(of, group, join);
  return out;
}

std::vector<std::string> arguments(const container& of) {
  return {of.command, "--config", config_path(of.group + ".toml")};
}

std::string config_text(const container& of) {
  return manifest::to_toml(of.command, of.flags);
}

std::string fingerprint(const std::vector<std::string>& texts) {
  // FNV-1a, of 64 bits; a text's end counts.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const auto& text : texts)
    for (std::size_t i = 0; i <= text.size(); ++i)
      hash =
          (hash ^ (i < text.size() ? static_cast<unsigned char>(text[i]) : 0xffU)) * 0x100000001b3;
  std::ostringstream out;
  out << std::hex << hash;
  return out.str();
}

} // namespace squall::render
