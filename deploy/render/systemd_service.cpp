#include "deploy/render/systemd_service.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>

namespace squall::render {
namespace {

constexpr const char* comment = "Made by squall render; change the manifest instead.";
constexpr const char* program = "/usr/local/bin/squall";

struct setting {
  const char* key;
  const char* value;
};

/// A process that is broken into finds nothing to go on with. Netlink tells CAF the host's
/// addresses.
constexpr std::array hardening{
    setting{"NoNewPrivileges", "true"},
    setting{"CapabilityBoundingSet", ""},
    setting{"ProtectSystem", "strict"},
    setting{"ProtectHome", "read-only"},
    setting{"ProtectProc", "invisible"},
    setting{"ProtectKernelTunables", "true"},
    setting{"ProtectKernelModules", "true"},
    setting{"ProtectKernelLogs", "true"},
    setting{"ProtectControlGroups", "true"},
    setting{"ProtectClock", "true"},
    setting{"ProtectHostname", "true"},
    setting{"PrivateTmp", "true"},
    setting{"PrivateDevices", "true"},
    setting{"RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK"},
    setting{"RestrictNamespaces", "true"},
    setting{"RestrictRealtime", "true"},
    setting{"RestrictSUIDSGID", "true"},
    setting{"LockPersonality", "true"},
    setting{"MemoryDenyWriteExecute", "true"},
    setting{"RemoveIPC", "true"},
    setting{"SystemCallArchitectures", "native"},
    setting{"SystemCallFilter", "@system-service"},
    setting{"SystemCallErrorNumber", "EPERM"},
    setting{"UMask", "0077"},
};

template <class Group>
void add_environment(unit_text& to, const manifest::manifest& of, const Group& group) {
  const auto& secrets = group.from_variables;
  for (const auto& [name, text] : group.environment)
    if (std::ranges::find(secrets, name) == secrets.end())
      to.set("Environment", quoted_assignment(name, text));
  // Where secrets are, and on a host of its own what is different there, such as SQUALL_JOIN.
  const auto* const optional = secrets.empty() ? "-" : "";
  to.set("EnvironmentFile", optional + installed(of, group.name + ".env"));
}

/// What services of gateways and workers have in common, up to their limits.
template <class Group>
void add_service(unit_text& to, const manifest::manifest& of, const Group& group,
                 const std::string& arguments) {
  const auto drain = std::chrono::ceil<std::chrono::seconds>(group.drain_timeout).count();
  to.section("Service")
      .set("Type", "notify")
      .set("NotifyAccess", "main")
      .set("ExecStart", std::string(program) + " " + arguments)
      .set("ExecReload", "/bin/kill -HUP $MAINPID")
      .set("Restart", "always")
      .set("RestartSec", "1s")
      .set("WatchdogSec", "30s")
      .set("TimeoutStopSec", std::to_string(drain + 10) + "s")
      .set("KillMode", "mixed")
      .set("User", of.name)
      .set("StateDirectory", of.name + "/" + group.name)
      .set("LimitNOFILE", "1048576");
  add_environment(to, of, group);
}

void add_hardening(unit_text& to) {
  for (const auto& each : hardening)
    to.set(each.key, each.value);
}

void add_limits(unit_text& to, const manifest::resources& limits) {
  if (limits.cpus)
    to.set("CPUQuota", std::to_string(std::max(1L, std::lround(*limits.cpus * 100))) + "%");
  if (limits.memory_bytes) to.set("MemoryMax", std::to_string(*limits.memory_bytes));
}

unit_text begun(const manifest::manifest& of, const std::string& what) {
  unit_text text(comment);
  text.section("Unit")
      .set("Description", what + " of " + of.name)
      .set("PartOf", of.name + ".target")
      .set("StartLimitIntervalSec", "0")
      .set("Wants", "network-online.target")
      .set("After", "network-online.target");
  return text;
}

/// The folder of a database that is not in the state directory.
std::string store_folder_of(const manifest::gateway_group& group) {
  constexpr std::string_view sqlite = "sqlite:";
  if (!group.store.starts_with(sqlite)) return "";
  return std::filesystem::path(group.store.substr(sqlite.size())).parent_path().string();
}

} // namespace

std::string unit_name(const manifest::manifest& of, const std::string& group) {
  return of.name + "-" + group;
}

std::string config_folder_of(const manifest::manifest& of) {
  return "etc/" + of.name;
}

std::string installed(const manifest::manifest& of, const std::string& file) {
  return "/" + config_folder_of(of) + "/" + file;
}

unit_text gateway_service(const manifest::manifest& of, const manifest::gateway_group& group) {
  const auto socket = unit_name(of, group.name) + ".socket";
  auto text = begun(of, "Squall gateway " + group.name + "-%i");
  text.set("Requires", socket).set("After", socket);
  add_service(text, of, group, "gateway --config " + installed(of, group.name + "-%i.toml"));
  text.set("Sockets", socket).set("TimeoutStartSec", "120s");
  if (const auto folder = store_folder_of(group); !folder.empty())
    text.set("ReadWritePaths", plain_value(folder));
  add_hardening(text);
  return text;
}

unit_text worker_service(const manifest::manifest& of, const manifest::worker_group& group) {
  auto text = begun(of, "Squall worker " + group.name + "-%i");
  // Where they run on one host workers stop before their gateways, so that no call is lost.
  for (const auto& gateways : of.gateways)
    for (std::uint32_t replica = 1; replica <= gateways.replicas; ++replica)
      text.set("After", unit_name(of, gateways.name) + "@" + std::to_string(replica) + ".service");
  add_service(text, of, group,
              "worker --config " + installed(of, group.name + ".toml") + " --name " + group.name +
                  "-%i");
  // It is ready when a gateway has taken it, however long that takes.
  text.set("TimeoutStartSec", "infinity");
  add_limits(text, group.limits);
  add_hardening(text);
  return text;
}

} // namespace squall::render
