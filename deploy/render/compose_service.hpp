#pragma once

#include "deploy/render/container.hpp"
#include "deploy/render/yaml_text.hpp"

#include <string>

/// Services of a Compose file, one for each group of processes. Pure.
namespace squall::render {

/// A text in which Compose is not to look for variables.
std::string compose_text(std::string text);

/// Names of what the file's `secrets` and `volumes` have.
std::string secret_name(const container& of, const brought_part& part, const brought_file& file);
std::string volume_name(const container& of);

/// Whether workers of the group talk to more than their gateways.
bool needs_outside(const manifest::worker_group& group);

/// A gateway as Compose runs it: what no other host reaches by the manifest, none reaches here,
/// since its ports are published at the loopback address alone, or not at all. Throws like
/// `gateway_container`.
container compose_gateway(const manifest::manifest& of, const manifest::gateway_group& group);

/// \param declared the text of what is declared; empty: nothing is
value gateway_service(const manifest::gateway_group& group, const container& runs,
                      const std::string& declared);

value worker_service(const manifest::manifest& of, const manifest::worker_group& group,
                     const container& runs);

} // namespace squall::render
