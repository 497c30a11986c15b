#include "deploy/render/kubernetes_parts.hpp"

#include "deploy/render/dockerfile.hpp"

#include <cmath>

namespace squall::render {
namespace {

/// Until no Service leads new connections to a gateway that is to go.
constexpr std::int64_t leaving_seconds = 5;

constexpr const char* config_volume = "configuration";

value environment(const kubernetes_group& of) {
  auto list = value::array();
  for (const auto& [name, text] : of.runs.environment)
    list.push_back({{"name", name}, {"value", text}});
  for (const auto& name : of.runs.secret_environment)
    list.push_back(
        {{"name", name},
         {"valueFrom", {{"secretKeyRef", {{"name", of.name() + "-environment"}, {"key", name}}}}}});
  return list;
}

value ports(const container& of) {
  value list = {{{"name", "clients"}, {"containerPort", of.client_port}}};
  if (of.cluster_port != 0)
    list.push_back({{"name", "cluster"}, {"containerPort", of.cluster_port}});
  return list;
}

void add_gateway_probes(value& to, const container& runs) {
  const bool is_https = runs.ready.back().starts_with("https:");
  const auto ask = [&](const char* path, int period, int failures) {
    value get = {{"path", path}, {"port", "clients"}};
    if (is_https) get["scheme"] = "HTTPS";
    return value{{"httpGet", get},
                 {"periodSeconds", period},
                 {"timeoutSeconds", 3},
                 {"failureThreshold", failures}};
  };
  to["startupProbe"] = ask("/livez", 1, 120);
  to["livenessProbe"] = ask("/livez", 10, 3);
  to["readinessProbe"] = ask("/readyz", 2, 2);
  to["#lifecycle"] = "Serves on until no Service leads here any more; then SIGTERM drains it.";
  to["lifecycle"] = {
      {"preStop", {{"exec", {{"command", {"sleep", std::to_string(leaving_seconds)}}}}}}};
}

void add_worker_probe(value& to, const container& runs) {
  to["#readinessProbe"] =
      "Ready while it is joined to a gateway. It is not asked whether it lives: its gateways hear\n"
      "from it twice a second, and without a gateway there is no reason to start it again.";
  to["readinessProbe"] = {{"exec", {{"command", runs.ready}}},
                          {"periodSeconds", 5},
                          {"timeoutSeconds", 3},
                          {"failureThreshold", 2}};
}

/// Thousandths of a processor.
std::string cpu_text(double cpus) {
  return std::to_string(std::lround(cpus * 1'000)) + "m";
}

value resources_of(const kubernetes_group& of, const manifest::resources& limits) {
  value requests = of.is_gateway() ? value{{"cpu", "500m"}, {"memory", "256Mi"}}
                                   : value{{"cpu", "100m"}, {"memory", "64Mi"}};
  value most = value::object();
  if (limits.cpus) most["cpu"] = requests["cpu"] = cpu_text(*limits.cpus);
  if (limits.memory_bytes) {
    constexpr std::uint64_t mebibyte = 1U << 20;
    const auto bytes = *limits.memory_bytes;
    most["memory"] = requests["memory"] =
        bytes % mebibyte == 0 ? std::to_string(bytes / mebibyte) + "Mi" : std::to_string(bytes);
  }
  value out = {{"requests", requests}};
  if (!most.empty()) out["limits"] = std::move(most);
  return out;
}

value mounts(const container& of) {
  value list = {{{"name", config_volume}, {"mountPath", config_folder}, {"readOnly", true}},
                {{"name", "tmp"}, {"mountPath", "/tmp"}}};
  for (const auto& part : of.brought)
    list.push_back({{"name", part.name}, {"mountPath", part.folder}, {"readOnly", true}});
  if (of.has_store_file) list.push_back({{"name", "queues"}, {"mountPath", store_folder}});
  return list;
}

value volumes(const kubernetes_group& of, bool declares) {
  value sources = {{{"configMap", {{"name", of.name()}}}}};
  if (declares) sources.push_back({{"configMap", {{"name", declared_name(of.deployment)}}}});
  value list = {{{"name", config_volume}, {"projected", {{"sources", sources}}}},
                {{"name", "tmp"}, {"emptyDir", {{"sizeLimit", "64Mi"}}}}};
  for (const auto& part : of.runs.brought) {
    auto items = value::array();
    for (const auto& file : part.files)
      items.push_back({{"key", file.key}, {"path", file.name}});
    const auto owner = part.of_all ? of.deployment : of.name();
    list.push_back(
        {{"name", part.name},
         {"secret",
          {{"secretName", owner + "-" + part.name}, {"defaultMode", 0440}, {"items", items}}}});
  }
  return list;
}

value main_container(const kubernetes_group& of, const manifest::resources& limits) {
  value out = {{"name", "squall"}, {"image", image_name()}, {"args", arguments(of.runs)}};
  if (auto all = environment(of); !all.empty()) out["env"] = std::move(all);
  if (of.is_gateway()) out["ports"] = ports(of.runs);
  if (of.is_gateway())
    add_gateway_probes(out, of.runs);
  else
    add_worker_probe(out, of.runs);
  out["resources"] = resources_of(of, limits);
  out["securityContext"] = {{"allowPrivilegeEscalation", false},
                            {"readOnlyRootFilesystem", true},
                            {"capabilities", {{"drop", {"ALL"}}}}};
  out["volumeMounts"] = mounts(of.runs);
  return out;
}

value pod_spec(const kubernetes_group& of, bool declares, const manifest::resources& limits) {
  const auto grace =
      (of.is_gateway() ? leaving_seconds : 0) + of.runs.drain_seconds + after_drain_seconds;
  return {{"automountServiceAccountToken", false},
          {"#enableServiceLinks",
           "Variables SQUALL_..._PORT of Services would be taken for flags of squall."},
          {"enableServiceLinks", false},
          {"terminationGracePeriodSeconds", grace},
          {"securityContext",
           {{"runAsNonRoot", true},
            {"runAsUser", container_user},
            {"runAsGroup", container_user},
            {"fsGroup", container_user},
            {"fsGroupChangePolicy", "OnRootMismatch"},
            {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
          {"topologySpreadConstraints",
           value::array({{{"maxSkew", 1},
                          {"topologyKey", "kubernetes.io/hostname"},
                          {"whenUnsatisfiable", "ScheduleAnyway"},
                          {"labelSelector", {{"matchLabels", group_labels(of)}}}}})},
          {"containers", value::array({main_container(of, limits)})},
          {"volumes", volumes(of, declares)}};
}

} // namespace

value pod_template(const kubernetes_group& of, const std::string& declared,
                   const manifest::resources& limits) {
  const bool declares = of.is_gateway() && !declared.empty();
  value annotations = {
      {"#", "Another one when the configuration changed, so that pods are made anew."},
      {"squall/configuration", fingerprint({config_text(of.runs), declares ? declared : ""})}};
  if (of.is_gateway()) {
    annotations["prometheus.io/scrape"] = "true";
    annotations["prometheus.io/path"] = "/metrics";
    annotations["prometheus.io/port"] = std::to_string(of.runs.client_port);
    if (of.runs.ready.back().starts_with("https:")) annotations["prometheus.io/scheme"] = "https";
  }
  return {{"metadata", {{"labels", group_labels(of)}, {"annotations", annotations}}},
          {"spec", pod_spec(of, declares, limits)}};
}

} // namespace squall::render
