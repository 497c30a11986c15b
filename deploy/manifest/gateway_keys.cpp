#include "deploy/manifest/keys.hpp"
#include "deploy/manifest/store_text.hpp"
#include "deploy/manifest/values.hpp"

#include <array>

namespace squall::manifest {
namespace {

constexpr std::uint32_t most_gateways = 100;
constexpr std::uint32_t most_io_threads = 1'024;

using group = gateway_group;

void read_cluster(report& to, const node& value, group& out) {
  if (value.is == node::sort::scalar && value.text.empty()) {
    out.cluster.reset();
    return;
  }
  proto::endpoint where;
  if (read_endpoint(to, value, where)) out.cluster = where;
}

void read_job_queues(report& to, const node& value, group& out) {
  read_texts(to, value, "a queue's name", out.job_queues);
  for (const auto& name : out.job_queues)
    if (!is_queue_name(name))
      to.add(value.at, "'" + name +
                           "' is no queue's name; write 1 to 128 of A-Z, a-z, 0-9, '.', "
                           "'_' and '-'");
}

void read_io_threads(report& to, const node& value, group& out) {
  std::uint32_t threads = 0;
  read_number(to, value, 0, most_io_threads, threads);
  out.flags["io-threads"] = {std::to_string(threads)};
}

void read_open(report& to, const node& value, group& out) {
  bool open = false;
  read_toggle(to, value, open);
  out.flags["open"] = {open ? "true" : "false"};
}

constexpr std::array keys{
    key<group>{"name", [](auto& to, auto& value, auto& out) { read_name(to, value, out.name); },
               true},
    key<group>{"replicas",
               [](auto& to, auto& value, auto& out) {
                 read_number(to, value, 1, most_gateways, out.replicas);
               }},
    key<group>{"listen",
               [](auto& to, auto& value, auto& out) { read_endpoint(to, value, out.listen); }},
    key<group>{"cluster", read_cluster},
    key<group>{"store", [](auto& to, auto& value, auto& out) { read_store(to, value, out.store); }},
    key<group>{"tls", [](auto& to, auto& value,
                         auto& out) { read_map(to, value, "tls", gateway_tls_keys(), out); }},
    key<group>{"tokens",
               [](auto& to, auto& value, auto& out) { read_path(to, value, out.tokens); }},
    key<group>{"open", read_open},
    key<group>{"pools", [](auto& to, auto& value, auto& out) { read_pools(to, value, out.pools); }},
    key<group>{"consume",
               [](auto& to, auto& value, auto& out) { read_consume(to, value, out.consume); }},
    key<group>{"job_queues", read_job_queues},
    key<group>{"io_threads", read_io_threads},
    key<group>{"require", [](auto& to, auto& value,
                             auto& out) { read_texts(to, value, "a kind", out.flags["require"]); }},
    key<group>{"origins",
               [](auto& to, auto& value, auto& out) {
                 read_texts(to, value, "an origin", out.flags["origin"]);
               }},
    key<group>{"limits",
               [](auto& to, auto& value, auto& out) {
                 read_flags(to, value, "limits", limit_keys(), out.flags);
               }},
    key<group>{"fetch",
               [](auto& to, auto& value, auto& out) {
                 read_flags(to, value, "fetch's keys", fetch_keys(), out.flags);
               }},
    key<group>{"environment",
               [](auto& to, auto& value, auto& out) {
                 read_environment(to, value, out.environment, out.from_variables);
               }},
    key<group>{"drain_timeout", [](auto& to, auto& value,
                                   auto& out) { read_duration(to, value, out.drain_timeout); }},
};

constexpr std::array tls{
    key<group>{"cert",
               [](auto& to, auto& value, auto& out) { read_path(to, value, out.tls_certificate); },
               true},
    key<group>{"key", [](auto& to, auto& value, auto& out) { read_path(to, value, out.tls_key); },
               true},
};

} // namespace

std::span<const key<gateway_group>> gateway_keys() {
  return keys;
}

std::span<const key<gateway_group>> gateway_tls_keys() {
  return tls;
}

} // namespace squall::manifest
