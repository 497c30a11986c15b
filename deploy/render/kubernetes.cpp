#include "deploy/render/render.hpp"

#include "deploy/render/dockerfile.hpp"
#include "deploy/render/kubernetes_parts.hpp"
#include "proto/version.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace squall::render {
namespace {

/// Of a host's name, less what Kubernetes and `cluster_host` put behind it.
constexpr std::size_t longest_name = 52;

bool is_true(const manifest::flag_values& flags, const char* name) {
  const auto found = flags.find(name);
  return found != flags.end() && found->second == std::vector<std::string>{"true"};
}

void check(const manifest::manifest& of) {
  if (of.name.front() >= '0' && of.name.front() <= '9')
    throw std::invalid_argument(
        "a Service's name cannot begin with a digit, as the deployment's '" + of.name + "' does");
  const auto check_length = [&](const std::string& group) {
    if (of.name.size() + 1 + group.size() > longest_name)
      throw std::invalid_argument("'" + of.name + "-" + group +
                                  "' is too long for a name in "
                                  "Kubernetes; shorten it to " +
                                  std::to_string(longest_name) + " letters");
  };
  for (const auto& group : of.gateways) {
    check_length(group.name);
    if (group.tokens.empty() && !is_true(group.flags, "open"))
      throw std::invalid_argument("all pods of a Kubernetes cluster reach the gateway '" +
                                  group.name +
                                  "': set 'tokens: FILE' so that clients must show "
                                  "one, or 'open: true' to serve anybody");
    if (group.cluster && of.cluster.tls.empty() && !of.cluster.insecure)
      throw std::invalid_argument(
          "in Kubernetes the workers of '" + group.name +
          "' are other hosts, and whoever reaches "
          "its cluster port has full control; set 'tls: DIR' under 'cluster' (squall certs makes "
          "one), or 'insecure: true' there");
  }
  for (const auto& group : of.workers)
    check_length(group.name);
}

/// Gateways that share a database stand side by side while they are replaced. One on SQLite is
/// never two, which only a StatefulSet promises: a Deployment may start a pod while another one
/// ends on a host that nobody hears from.
value workload(const kubernetes_group& of, bool scales_itself, bool one_at_most, value pods) {
  const bool is_stateful = of.runs.has_store_file;
  auto out =
      object("apps/v1", is_stateful ? "StatefulSet" : "Deployment", of.name(), group_labels(of));
  auto& spec = out["spec"];
  spec = value::object();
  if (!scales_itself) spec["replicas"] = of.replicas;
  spec["selector"] = {{"matchLabels", group_labels(of)}};
  if (is_stateful) {
    spec["serviceName"] =
        of.runs.cluster_port != 0 ? cluster_host(of.deployment, of.runs.group) : of.name();
    spec["volumeClaimTemplates"] =
        value::array({{{"metadata", {{"name", "queues"}, {"labels", group_labels(of)}}},
                       {"spec",
                        {{"accessModes", {"ReadWriteOnce"}},
                         {"resources", {{"requests", {{"storage", "10Gi"}}}}}}}}});
  } else if (one_at_most) {
    spec["#strategy"] = "Its queues are in its memory: never two at once.";
    spec["strategy"] = {{"type", "Recreate"}};
  } else {
    spec["#strategy"] = "A new one is ready before an old one drains.";
    spec["strategy"] = {{"type", "RollingUpdate"},
                        {"rollingUpdate", {{"maxSurge", 1}, {"maxUnavailable", 0}}}};
  }
  spec["template"] = std::move(pods);
  return out;
}

value client_service(const kubernetes_group& of, std::uint16_t port) {
  auto out = object("v1", "Service", of.name(), group_labels(of));
  out["spec"] = {
      {"selector", group_labels(of)},
      {"ports", value::array({{{"name", "clients"}, {"port", port}, {"targetPort", "clients"}}})}};
  return out;
}

value cluster_service(const kubernetes_group& of) {
  auto out = object("v1", "Service", cluster_host(of.deployment, of.runs.group), group_labels(of));
  out["spec"] = {{"#clusterIP",
                  "No address of its own: the name has the addresses of all gateways, and workers\n"
                  "join each of them, also those that are not ready since they have no worker."},
                 {"clusterIP", "None"},
                 {"publishNotReadyAddresses", true},
                 {"selector", group_labels(of)},
                 {"ports", value::array({{{"name", "cluster"},
                                          {"port", of.runs.cluster_port},
                                          {"targetPort", "cluster"}}})}};
  return out;
}

std::vector<value> gateway_objects(const manifest::manifest& of,
                                   const manifest::gateway_group& group) {
  const kubernetes_group is{of.name, gateway_container(of, group), group.replicas};
  const auto declared = has_declared(of) ? declared_text(of) : "";
  std::vector<value> out = {config_map(is), client_service(is, group.listen.port)};
  if (is.runs.cluster_port != 0) out.push_back(cluster_service(is));
  out.push_back(workload(is, false, group.store == "memory:", pod_template(is, declared, {})));
  out.push_back(disruption_budget(is));
  return out;
}

std::vector<value> worker_objects(const manifest::manifest& of,
                                  const manifest::worker_group& group) {
  const auto host = [&](const std::string& name) { return cluster_host(of.name, name); };
  const kubernetes_group is{of.name, worker_container(of, group, host), group.replicas};
  const bool scales_itself = group.scale.has_value();
  std::vector<value> out = {config_map(is),
                            workload(is, scales_itself, false, pod_template(is, "", group.limits))};
  out.push_back(disruption_budget(is));
  if (scales_itself) out.push_back(autoscaler(is, group));
  return out;
}

value network_policy(const std::string& deployment, const std::string& role, value ingress) {
  auto out = object("networking.k8s.io/v1", "NetworkPolicy", deployment + "-" + role,
                    role_labels(deployment, role));
  out["spec"] = {{"podSelector", {{"matchLabels", role_labels(deployment, role)}}},
                 {"policyTypes", {"Ingress"}},
                 {"ingress", std::move(ingress)}};
  return out;
}

/// Clients may come from anywhere, to the cluster port only workers of this deployment.
value gateway_policy(const manifest::manifest& of) {
  const auto to = [](const char* port) {
    return value::array({{{"protocol", "TCP"}, {"port", port}}});
  };
  auto ingress = value::array({{{"ports", to("clients")}}});
  if (std::ranges::any_of(of.gateways, [](auto& group) { return group.cluster.has_value(); }))
    ingress.push_back(
        {{"from",
          value::array({{{"podSelector", {{"matchLabels", role_labels(of.name, "worker")}}}}})},
         {"ports", to("cluster")}});
  return network_policy(of.name, "gateway", std::move(ingress));
}

std::vector<value> common_objects(const manifest::manifest& of) {
  std::vector<value> out;
  if (has_declared(of)) {
    out.push_back(object("v1", "ConfigMap", declared_name(of.name), deployment_labels(of.name)));
    out.back()["data"] = {{"declared.json", declared_text(of)}};
  }
  if (!of.gateways.empty()) out.push_back(gateway_policy(of));
  if (!of.workers.empty()) out.push_back(network_policy(of.name, "worker", value::array()));
  return out;
}

/// How to make a Secret that pods name, one line each.
void list_secrets(std::set<std::string>& to, const kubernetes_group& of) {
  const std::string make = "  kubectl create secret generic ";
  for (const auto& part : of.runs.brought) {
    auto line = make + (part.of_all ? of.deployment : of.name()) + "-" + part.name;
    for (const auto& file : part.files)
      line.append(" --from-file=").append(file.key).append("=").append(file.host);
    to.insert(line);
  }
  if (of.runs.secret_environment.empty()) return;
  auto line = make + of.name() + "-environment";
  for (const auto& name : of.runs.secret_environment)
    line.append(" --from-literal=").append(name).append("=\"$").append(name).append("\"");
  to.insert(line);
}

value kustomization(const manifest::manifest& of, const std::vector<rendered_file>& files) {
  std::set<std::string> secrets;
  for (const auto& group : of.gateways)
    list_secrets(secrets, {of.name, gateway_container(of, group)});
  for (const auto& group : of.workers)
    list_secrets(secrets, {of.name, worker_container(
                                        of, group, [](const std::string& name) { return name; })});
  std::string about = "Made by squall render.\n  kubectl apply -k .";
  if (!secrets.empty()) about += "\nThe pods need Secrets that are not among these files:";
  for (const auto& line : secrets)
    about += "\n" + line;
  value out = {{"#", about},
               {"apiVersion", "kustomize.config.k8s.io/v1beta1"},
               {"kind", "Kustomization"},
               {"resources", value::array()},
               {"#images", "Where the image is; the Dockerfile is rendered with --target compose."},
               {"images", value::array({{{"name", "squall"},
                                         {"newName", "squall"},
                                         {"newTag", proto::software_version}}})}};
  for (const auto& file : files)
    out["resources"].push_back(file.path.string());
  return out;
}

} // namespace

std::vector<rendered_file> render_kubernetes(const manifest::manifest& of) {
  check(of);
  std::vector<rendered_file> files;
  if (const auto common = common_objects(of); !common.empty())
    files.push_back({"common.yaml", to_yaml(common)});
  for (const auto& group : of.gateways)
    files.push_back({"gateway-" + group.name + ".yaml", to_yaml(gateway_objects(of, group))});
  for (const auto& group : of.workers)
    files.push_back({"worker-" + group.name + ".yaml", to_yaml(worker_objects(of, group))});
  files.push_back({"kustomization.yaml", to_yaml(kustomization(of, files))});
  return files;
}

} // namespace squall::render
