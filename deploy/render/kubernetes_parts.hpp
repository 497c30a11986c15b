#pragma once

#include "deploy/render/container.hpp"
#include "deploy/render/yaml_text.hpp"

#include <string>

/// What Kubernetes objects are made of. Pure.
namespace squall::render {

/// Whose objects they are.
struct kubernetes_group {
  std::string deployment;
  container runs;
  std::uint32_t replicas = 1;

  bool is_gateway() const { return runs.command == "gateway"; }
  std::string name() const { return deployment + "-" + runs.group; }
};

/// The host that workers look up: every gateway of the group has an address of that name.
std::string cluster_host(const std::string& deployment, const std::string& group);

/// Labels that say which pods: of the deployment, of all of its gateways or workers, of a group.
value deployment_labels(const std::string& deployment);
value role_labels(const std::string& deployment, const std::string& role);
value group_labels(const kubernetes_group& of);

/// An object's begin: what it is, its name, its labels. \param labels those that say which
value object(const std::string& version, const std::string& kind, const std::string& name,
             value labels);

/// The flags' file.
value config_map(const kubernetes_group& of);

/// Name of the object that holds what is declared.
std::string declared_name(const std::string& deployment);

/// A pod's metadata and specification. \param declared the text of what is declared; empty: nothing
/// \param limits what one process may take
value pod_template(const kubernetes_group& of, const std::string& declared,
                   const manifest::resources& limits);

/// How many pods may be away at once when hosts are emptied.
value disruption_budget(const kubernetes_group& of);

/// \param group one that scales itself
value autoscaler(const kubernetes_group& of, const manifest::worker_group& group);

} // namespace squall::render
