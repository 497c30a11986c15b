#pragma once

#include "deploy/manifest/document.hpp"
#include "deploy/manifest/manifest.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Which keys each part of a manifest takes: one table a part, from which the reader, its messages
/// and the check of the published schema are made.
namespace squall::manifest {

/// A key of the part that is read into a `Target`.
template <class Target>
struct key {
  std::string_view name;
  void (*read)(report& to, const node& value, Target& out);
  bool needed = false;
};

std::span<const key<manifest>> top_keys();
std::span<const key<manifest>> logging_keys();
std::span<const key<cluster_security>> cluster_keys();
std::span<const key<gateway_group>> gateway_keys();
std::span<const key<gateway_group>> gateway_tls_keys();
std::span<const key<worker_group>> worker_keys();
std::span<const key<resources>> resource_keys();

/// How the value of a flag is written.
enum class flag_sort { number, size, duration, toggle, path, text, texts };

/// A key whose value becomes a flag of the process.
struct flag_key {
  std::string_view name;
  std::string_view flag;
  flag_sort sort;
};

std::span<const flag_key> limit_keys();
std::span<const flag_key> fetch_keys();

/// Reads a map by a table. \param part for messages, as in "a gateway"
template <class Target>
void read_map(report& to, const node& from, std::string_view part,
              std::span<const key<Target>> keys, Target& out) {
  if (from.is != node::sort::map)
    return to.add(from.at, shown(from) + " where " + std::string(part) + " is needed, as a map");
  std::vector<std::string_view> names;
  for (const auto& each : keys)
    names.push_back(each.name);
  for (const auto& each : from.members) {
    bool known = false;
    for (const auto& candidate : keys) {
      if (candidate.name != each.name) continue;
      candidate.read(to, each.value, out);
      known = true;
    }
    if (!known)
      to.add(each.at, "unknown key '" + each.name + "'" + did_you_mean(each.name, names) + "; " +
                          std::string(part) + " takes " + either(names));
  }
  for (const auto& each : keys)
    if (each.needed && find(from, each.name) == nullptr)
      to.add(from.at, std::string(part) + " needs the key '" + std::string(each.name) + "'");
}

/// Reads a map whose members are flags of the process.
void read_flags(report& to, const node& from, std::string_view part, std::span<const flag_key> keys,
                flag_values& out);

} // namespace squall::manifest
