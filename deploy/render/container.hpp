#pragma once

#include "deploy/manifest/process_flags.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// How processes run in containers, whoever runs those: where files are inside, what is told to
/// them, how their health is asked for. Pure.
namespace squall::render {

/// The user of the image, who owns nothing but the folder of the queues.
inline constexpr std::uint32_t container_user = 10'001;

inline constexpr std::string_view config_folder = "/etc/squall";
inline constexpr std::string_view store_folder = "/var/lib/squall";

/// Seconds between the end of the time that a process has to drain and its being killed.
inline constexpr std::int64_t after_drain_seconds = 5;

/// A file that the operator brings, as it is brought and as the process sees it.
struct brought_file {
  std::string key;  ///< its name among those of the part, as certificates' tools give it
  std::string host; ///< its path, as the manifest says it
  std::string name; ///< in the part's folder
};

/// Files that belong together, in one folder of the container: certificates, tokens.
struct brought_part {
  std::string name;    ///< `tls`, `tokens`, ...
  bool of_all = false; ///< the same for all groups of the deployment
  std::string folder;  ///< in the container
  std::vector<brought_file> files;
};

/// One sort of process, in a container.
struct container {
  std::string group;
  std::string command;         ///< of `squall`
  manifest::flag_values flags; ///< with the container's addresses and paths
  std::vector<brought_part> brought;
  std::map<std::string, std::string> environment; ///< without those below
  std::vector<std::string> secret_environment;    ///< names; values are brought by the operator
  std::vector<std::string> ready;                 ///< exits with 0 when the process is ready
  std::uint16_t client_port = 0;                  ///< of a gateway
  std::uint16_t cluster_port = 0;                 ///< of a gateway; 0: no worker may join
  bool has_store_file = false;                    ///< in `store_folder`
  std::int64_t drain_seconds = 0;                 ///< rounded up
};

/// Whether the manifest has queues or schedules to be declared.
bool has_declared(const manifest::manifest& of);

/// The queues and schedules, for `--declare`: JSON.
std::string declared_text(const manifest::manifest& of);

/// Where a file of the configuration is in the container.
std::string config_path(std::string_view file);

/// A gateway, which serves at all addresses of its container. Throws `std::invalid_argument` for
/// what no container can have.
container gateway_container(const manifest::manifest& of, const manifest::gateway_group& group);

/// A worker. \param host_of the host that workers look up for the gateways of a group
container worker_container(const manifest::manifest& of, const manifest::worker_group& group,
                           const std::function<std::string(const std::string&)>& host_of);

/// The arguments of `squall`.
std::vector<std::string> arguments(const container& of);

/// What `arguments` names as the configuration: TOML.
std::string config_text(const container& of);

/// A short text that is another one when any of the texts changed, so that what runs with them is
/// started anew. Not for secrets.
std::string fingerprint(const std::vector<std::string>& texts);

} // namespace squall::render
