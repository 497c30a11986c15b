#include "deploy/render/compose_service.hpp"

#include "deploy/render/dockerfile.hpp"
#include "proto/endpoint.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

namespace squall::render {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20;

value texts(const std::vector<std::string>& from) {
  auto list = value::array();
  for (const auto& text : from)
    list.push_back(compose_text(text));
  return list;
}

value environment(const container& of) {
  value all = value::object();
  for (const auto& [name, text] : of.environment)
    all[name] = compose_text(text);
  for (const auto& name : of.secret_environment)
    all[name] = "${" + name + ":?is needed by " + of.group + "}";
  return all;
}

value secrets(const container& of) {
  auto list = value::array();
  for (const auto& part : of.brought)
    for (const auto& file : part.files)
      list.push_back(
          {{"source", secret_name(of, part, file)}, {"target", part.folder + "/" + file.name}});
  return list;
}

value health(const container& of) {
  value test = {"CMD"};
  for (const auto& word : texts(of.ready))
    test.push_back(word);
  return {{"test", test},
          {"interval", "5s"},
          {"timeout", "5s"},
          {"retries", 3},
          {"start_period", "10s"}};
}

/// What services of both sorts have, from the top.
value service(const container& of) {
  value out = {
      {"image", image_name()},
      {"build",
       {{"context", "."}, {"additional_contexts", {{"source", "${SQUALL_SOURCE:-../../..}"}}}}},
      {"command", texts(arguments(of))}};
  if (auto all = environment(of); !all.empty()) out["environment"] = std::move(all);
  out["configs"] =
      value::array({{{"source", of.group}, {"target", config_path(of.group + ".toml")}}});
  if (auto all = secrets(of); !all.empty()) out["secrets"] = std::move(all);
  return out;
}

/// What services of both sorts have, to the end. \param texts of files that are mounted
void finish(value& out, const container& of, std::uint32_t replicas,
            const std::vector<std::string>& mounted) {
  out["healthcheck"] = health(of);
  out["restart"] = "unless-stopped";
  out["#stop_grace_period"] = "Longer than the drain, so that nothing that runs is cut off.";
  out["stop_grace_period"] = std::to_string(of.drain_seconds + after_drain_seconds) + "s";
  out["read_only"] = true;
  out["tmpfs"] = {"/tmp"};
  out["cap_drop"] = {"ALL"};
  out["security_opt"] = {"no-new-privileges:true"};
  out["deploy"] = {{"replicas", replicas}};
  out["#labels"] = "Another one when a mounted file changed, so that containers are made anew.";
  out["labels"] = {{"squall.configuration", fingerprint(mounted)}};
}

/// Where the host listens for clients; empty: at all of its addresses.
std::string published_at(const manifest::gateway_group& group) {
  const auto& host = group.listen.host;
  if (host == "localhost") return "127.0.0.1";
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error)
    throw std::invalid_argument("Compose cannot listen at '" + host + "', where the gateway '" +
                                group.name + "' does; write an IP address");
  return address.is_unspecified() ? "" : address.to_string();
}

value ports(const manifest::gateway_group& group, const container& runs) {
  value entry = value::object();
  if (const auto host = published_at(group); !host.empty()) entry["host_ip"] = host;
  entry["target"] = runs.client_port;
  auto published = std::to_string(group.listen.port);
  if (group.replicas > 1) {
    if (group.listen.port + group.replicas > 65'536U)
      throw std::invalid_argument("each replica of '" + group.name +
                                  "' has a port of its own, and "
                                  "there are not that many from " +
                                  published + " on");
    entry["#published"] =
        "One for each replica: a port of the host leads to one container. Clients "
        "may use any of\nthem; for one address, put a load balancer before them.";
    published += "-" + std::to_string(group.listen.port + group.replicas - 1);
  }
  entry["published"] = published;
  return value::array({entry});
}

value limits_of(const manifest::resources& limits) {
  value all = value::object();
  if (limits.cpus) {
    std::ostringstream text;
    text << *limits.cpus;
    all["cpus"] = text.str();
  }
  if (limits.memory_bytes)
    all["memory"] = *limits.memory_bytes % mebibyte == 0
                        ? std::to_string(*limits.memory_bytes / mebibyte) + "m"
                        : std::to_string(*limits.memory_bytes) + "b";
  return all;
}

} // namespace

std::string compose_text(std::string text) {
  for (auto at = text.find('$'); at != std::string::npos; at = text.find('$', at + 2))
    text.insert(at, 1, '$');
  return text;
}

std::string secret_name(const container& of, const brought_part& part, const brought_file& file) {
  return (part.of_all ? "" : of.group + "-") + part.name + "-" + file.name;
}

std::string volume_name(const container& of) {
  return of.group + "-queues";
}

bool needs_outside(const manifest::worker_group& group) {
  // Of the kinds that come with the program these compute or wait; others may talk to anybody.
  const std::set<std::string> inward = {"prime", "sleep"};
  const auto is_outward = [&](const std::string& kind) { return !inward.contains(kind); };
  return std::ranges::any_of(group.pools, [&](auto& each) { return is_outward(each.first); }) ||
         std::ranges::any_of(group.consume,
                             [&](auto& each) {
                               return is_outward(each.second.substr(0, each.second.find(':')));
                             }) ||
         std::ranges::any_of(group.join, [](auto& place) { return place.find(':') != place.npos; });
}

container compose_gateway(const manifest::manifest& whole,
                          const manifest::gateway_group& original) {
  auto of = whole;
  auto group = original;
  if (group.tokens.empty() && proto::is_loopback(group.listen.host)) group.flags["open"] = {"true"};
  if (of.cluster.tls.empty()) of.cluster.insecure = true;
  return gateway_container(of, group);
}

value gateway_service(const manifest::gateway_group& group, const container& runs,
                      const std::string& declared) {
  auto out = service(runs);
  if (!declared.empty())
    out["configs"].push_back({{"source", "declared"}, {"target", config_path("declared.json")}});
  out["ports"] = ports(group, runs);
  out["networks"] = {"clients", "cluster"};
  if (runs.has_store_file)
    out["volumes"] = value::array(
        {{{"type", "volume"}, {"source", volume_name(runs)}, {"target", store_folder}}});
  finish(out, runs, group.replicas, {config_text(runs), declared});
  return out;
}

value worker_service(const manifest::manifest& of, const manifest::worker_group& group,
                     const container& runs) {
  auto out = service(runs);
  out["networks"] = {"cluster"};
  if (needs_outside(group)) out["networks"].push_back("outside");
  value after = value::object();
  for (const auto& place : group.join)
    if (std::ranges::find(of.gateways, place, &manifest::gateway_group::name) != of.gateways.end())
      after[place] = {{"condition", "service_started"}};
  if (!after.empty()) {
    out["#depends_on"] = "Started, not healthy: a gateway may need its workers to be that.";
    out["depends_on"] = std::move(after);
  }
  finish(out, runs, group.replicas, {config_text(runs)});
  if (auto limits = limits_of(group.limits); !limits.empty())
    out["deploy"]["resources"] = {{"limits", std::move(limits)}};
  return out;
}

} // namespace squall::render
