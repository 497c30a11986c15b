#include "deploy/manifest/process_flags.hpp"

#include <utility>

namespace squall::manifest {
namespace {

/// `KIND=N` or `QUEUE=KIND:N`, one each.
void add_pairs(flag_values& to, const std::string& flag,
               const std::map<std::string, std::string>& pairs) {
  for (const auto& [name, value] : pairs)
    to[flag].emplace_back(name).append("=").append(value);
}

void add_text(flag_values& to, const std::string& flag, const std::string& value) {
  if (!value.empty()) to[flag] = {value};
}

template <class Group>
flag_values common_flags(const manifest& of, const Group& group) {
  flag_values flags = group.flags;
  flags["log-level"] = {of.log_level};
  flags["drain-timeout"] = {std::to_string(group.drain_timeout.count()) + "ms"};
  add_text(flags, "cluster-tls", of.cluster.tls);
  add_pairs(flags, "pool", group.pools);
  add_pairs(flags, "consume", group.consume);
  return flags;
}

} // namespace

flag_values gateway_flags(const manifest& of, const gateway_group& group, const std::string& listen,
                          const std::string& cluster, const std::string& declared_in) {
  auto flags = common_flags(of, group);
  flags["listen"] = {listen};
  flags["cluster"] = {cluster};
  add_text(flags, "declare", declared_in);
  add_text(flags, "store", group.store);
  add_text(flags, "tokens", group.tokens);
  add_text(flags, "tls-cert", group.tls_certificate);
  add_text(flags, "tls-key", group.tls_key);
  for (const auto& queue : group.job_queues)
    flags["consume"].push_back(queue);
  if (of.cluster.insecure) flags["insecure-cluster"] = {"true"};
  return flags;
}

flag_values worker_flags(const manifest& of, const worker_group& group,
                         const std::vector<std::string>& join) {
  auto flags = common_flags(of, group);
  flags["join"] = join;
  return flags;
}

std::string to_toml(std::string_view command, const flag_values& flags) {
  std::string text = "[" + std::string(command) + "]\n";
  for (const auto& [flag, values] : flags) {
    if (values.empty()) continue;
    std::string list;
    for (const auto& value : values)
      list.append(list.empty() ? "" : ", ").append("'" + value + "'");
    text.append(flag).append(" = ");
    text.append(values.size() == 1 ? list : "[" + list + "]").append("\n");
  }
  return text;
}

} // namespace squall::manifest
