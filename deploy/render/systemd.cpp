#include "deploy/render/render.hpp"

#include "deploy/manifest/process_flags.hpp"
#include "deploy/manifest/store_text.hpp"
#include "deploy/render/container.hpp"
#include "deploy/render/systemd_service.hpp"

#include <algorithm>
#include <stdexcept>

namespace squall::render {
namespace {

using manifest::gateway_group;
using manifest::worker_group;

constexpr const char* comment = "Made by squall render; change the manifest instead.";

class systemd_files {
public:
  explicit systemd_files(const manifest::manifest& of) : of_(of) {}

  std::vector<rendered_file> all() && {
    for (const auto& group : of_.gateways)
      add_gateways(group);
    for (const auto& group : of_.workers)
      add_workers(group);
    if (has_declared(of_)) add(config_folder_of(of_) + "/declared.json", declared_text(of_));
    add_target();
    add("sysusers.d/" + of_.name + ".conf", std::string("# ") + comment + "\nu " + of_.name +
                                                " - \"Squall " + of_.name + "\" /var/lib/" +
                                                of_.name + "\n");
    return std::move(files_);
  }

private:
  void add(std::string path, std::string text) {
    files_.push_back({std::move(path), std::move(text), false});
  }

  void add_unit(const std::string& name, const unit_text& unit) {
    add("system/" + name, unit.text());
  }

  void add_gateways(const gateway_group& group) {
    check(group);
    const auto unit = unit_name(of_, group.name);
    const auto socket = unit + ".socket";
    unit_text text(comment);
    text.section("Unit")
        .set("Description", "Client port of the gateways " + group.name + " of " + of_.name)
        .set("PartOf", of_.name + ".target");
    text.section("Socket")
        .set("ListenStream", proto::to_string(group.listen))
        .set("Backlog", "4096")
        .set("NoDelay", "true")
        .set("Service", unit + "@1.service");
    text.section("Install").set("WantedBy", "sockets.target");
    add_unit(socket, text);
    add_unit(unit + "@.service", gateway_service(of_, group));
    wanted_.push_back(socket);
    for (std::uint32_t replica = 1; replica <= group.replicas; ++replica) {
      wanted_.push_back(unit + "@" + std::to_string(replica) + ".service");
      add(config_folder_of(of_) + "/" + group.name + "-" + std::to_string(replica) + ".toml",
          manifest::to_toml("gateway", flags_of(group, replica)));
    }
  }

  void check(const gateway_group& group) const {
    if (group.listen.port == 0 || (group.cluster && group.cluster->port == 0))
      throw std::invalid_argument("the gateway '" + group.name +
                                  "' takes any free port, which no unit can name; write one");
    if (manifest::has_password(group.store))
      throw std::invalid_argument("the store of the gateway '" + group.name +
                                  "' has a password in its URL, which would be written to a file; "
                                  "leave it out, and set PGPASSWORD in the group's environment to "
                                  "${PGPASSWORD}");
  }

  manifest::flag_values flags_of(const gateway_group& group, std::uint32_t replica) const {
    const auto cluster = group.cluster ? proto::to_string(cluster_port(group, replica)) : "";
    auto flags = manifest::gateway_flags(of_, group, proto::to_string(group.listen), cluster,
                                         has_declared(of_) ? installed(of_, "declared.json") : "");
    flags["name"] = {group.name + "-" + std::to_string(replica)};
    return flags;
  }

  static proto::endpoint cluster_port(const gateway_group& group, std::uint32_t replica) {
    return {group.cluster->host, static_cast<std::uint16_t>(group.cluster->port + replica - 1)};
  }

  void add_workers(const worker_group& group) {
    const auto unit = unit_name(of_, group.name);
    add_unit(unit + "@.service", worker_service(of_, group));
    for (std::uint32_t replica = 1; replica <= group.replicas; ++replica)
      wanted_.push_back(unit + "@" + std::to_string(replica) + ".service");
    add(config_folder_of(of_) + "/" + group.name + ".toml",
        manifest::to_toml("worker", manifest::worker_flags(of_, group, joined(group))));
  }

  /// Gateways of the manifest are on this host: where they listen everywhere, by its loopback.
  std::vector<std::string> joined(const worker_group& group) const {
    std::vector<std::string> join;
    for (const auto& place : group.join) {
      const auto gateways = std::ranges::find(of_.gateways, place, &gateway_group::name);
      if (gateways == of_.gateways.end()) {
        join.push_back(place);
        continue;
      }
      for (std::uint32_t replica = 1; replica <= gateways->replicas; ++replica) {
        auto at = cluster_port(*gateways, replica);
        if (at.host == "0.0.0.0") at.host = "127.0.0.1";
        if (at.host == "::") at.host = "::1";
        join.push_back(proto::to_string(at));
      }
    }
    return join;
  }

  void add_target() {
    unit_text text(comment);
    text.section("Unit").set("Description", "Squall " + of_.name);
    for (const auto& unit : wanted_)
      text.set("Wants", unit);
    text.section("Install").set("WantedBy", "multi-user.target");
    add_unit(of_.name + ".target", text);
  }

  const manifest::manifest& of_;
  std::vector<rendered_file> files_;
  std::vector<std::string> wanted_;
};

} // namespace

std::vector<rendered_file> render_systemd(const manifest::manifest& of) {
  return systemd_files(of).all();
}

} // namespace squall::render
