#pragma once

#include "deploy/manifest/manifest.hpp"
#include "deploy/render/unit_text.hpp"

#include <string>

/// Services of a manifest's processes: one template a group, an instance a replica.
namespace squall::render {

/// Of a group's units, without what comes after it: `DEPLOYMENT-GROUP`.
std::string unit_name(const manifest::manifest& of, const std::string& group);

/// The folder of the configuration, seen from /.
std::string config_folder_of(const manifest::manifest& of);

/// Where a file of the configuration is installed.
std::string installed(const manifest::manifest& of, const std::string& file);

unit_text gateway_service(const manifest::manifest& of, const manifest::gateway_group& group);
unit_text worker_service(const manifest::manifest& of, const manifest::worker_group& group);

} // namespace squall::render
