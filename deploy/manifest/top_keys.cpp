#include "deploy/manifest/declared_values.hpp"
#include "deploy/manifest/keys.hpp"
#include "deploy/manifest/values.hpp"

#include <array>

namespace squall::manifest {
namespace {

constexpr std::string_view version = "squall/v1";
constexpr std::uint64_t least_log_bytes = 4'096;

/// Every entry makes one of the list, also a wrong one, so that the list is numbered as the file's.
template <class Target>
void read_list(report& to, const node& value, std::string_view part,
               std::span<const key<Target>> keys, std::vector<Target>& out) {
  if (value.is == node::sort::nothing) return;
  if (value.is != node::sort::list)
    return refuse(to, value, "no list", "a line '- name: ...' for each");
  for (const auto& item : value.items)
    read_map(to, item, part, keys, out.emplace_back());
}

void read_version(report& to, const node& value, manifest&) {
  if (value.text == version) return;
  refuse(to, value, "no version that this program knows", version);
}

void read_log_level(report& to, const node& value, std::string& out) {
  read_choice(to, value, {"trace", "debug", "info", "warn", "error", "off"}, out);
}

void read_max_size(report& to, const node& value, std::uint64_t& out) {
  std::uint64_t bytes = least_log_bytes;
  read_size(to, value, bytes);
  if (bytes < least_log_bytes) return refuse(to, value, "too little for a log", "4KiB at least");
  out = bytes;
}

constexpr std::array of_logging{
    key<manifest>{"level", [](auto& to, auto& value,
                              auto& out) { read_log_level(to, value, out.log_level); }},
    key<manifest>{"max_size", [](auto& to, auto& value,
                                 auto& out) { read_max_size(to, value, out.max_log_bytes); }},
};

constexpr std::array keys{
    key<manifest>{"apiVersion", read_version, true},
    key<manifest>{"name", [](auto& to, auto& value, auto& out) { read_name(to, value, out.name); },
                  true},
    key<manifest>{"logging",
                  [](auto& to, auto& value, auto& out) {
                    read_map(to, value, "logging", logging_keys(), out);
                  }},
    key<manifest>{"cluster",
                  [](auto& to, auto& value, auto& out) {
                    read_map(to, value, "cluster", cluster_keys(), out.cluster);
                  }},
    key<manifest>{"gateways",
                  [](auto& to, auto& value, auto& out) {
                    read_list(to, value, "a gateway", gateway_keys(), out.gateways);
                  }},
    key<manifest>{"workers",
                  [](auto& to, auto& value, auto& out) {
                    read_list(to, value, "a worker group", worker_keys(), out.workers);
                  }},
    key<manifest>{"queues",
                  [](auto& to, auto& value, auto& out) { read_queues(to, value, out.queues); }},
    key<manifest>{"schedules", [](auto& to, auto& value,
                                  auto& out) { read_schedules(to, value, out.schedules); }},
};

constexpr std::array of_cluster{
    key<cluster_security>{"tls",
                          [](auto& to, auto& value, auto& out) { read_path(to, value, out.tls); }},
    key<cluster_security>{
        "insecure", [](auto& to, auto& value, auto& out) { read_toggle(to, value, out.insecure); }},
};

} // namespace

std::span<const key<manifest>> top_keys() {
  return keys;
}

std::span<const key<manifest>> logging_keys() {
  return of_logging;
}

std::span<const key<cluster_security>> cluster_keys() {
  return of_cluster;
}

} // namespace squall::manifest
