#include "deploy/render/kubernetes_parts.hpp"

#include "proto/version.hpp"

#include <sstream>

namespace squall::render {

std::string cluster_host(const std::string& deployment, const std::string& group) {
  return deployment + "-" + group + "-cluster";
}

value deployment_labels(const std::string& deployment) {
  return {{"app.kubernetes.io/name", "squall"}, {"app.kubernetes.io/instance", deployment}};
}

value role_labels(const std::string& deployment, const std::string& role) {
  auto labels = deployment_labels(deployment);
  labels["app.kubernetes.io/component"] = role;
  return labels;
}

value group_labels(const kubernetes_group& of) {
  auto labels = role_labels(of.deployment, of.runs.command);
  labels["squall/group"] = of.runs.group;
  return labels;
}

value object(const std::string& version, const std::string& kind, const std::string& name,
             value labels) {
  labels["app.kubernetes.io/version"] = proto::software_version;
  labels["app.kubernetes.io/managed-by"] = "squall-render";
  return {{"apiVersion", version},
          {"kind", kind},
          {"metadata", {{"name", name}, {"labels", std::move(labels)}}}};
}

value config_map(const kubernetes_group& of) {
  auto out = object("v1", "ConfigMap", of.name(), group_labels(of));
  out["data"] = {{of.runs.group + ".toml", config_text(of.runs)}};
  return out;
}

std::string declared_name(const std::string& deployment) {
  return deployment + "-declared";
}

value disruption_budget(const kubernetes_group& of) {
  auto out = object("policy/v1", "PodDisruptionBudget", of.name(), group_labels(of));
  value away = 1;
  if (!of.is_gateway()) away = "25%";
  out["spec"] = {{"maxUnavailable", away}, {"selector", {{"matchLabels", group_labels(of)}}}};
  return out;
}

} // namespace squall::render
