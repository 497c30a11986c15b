#include "deploy/manifest/keys.hpp"
#include "deploy/manifest/units.hpp"
#include "deploy/manifest/values.hpp"

#include <array>
#include <charconv>

namespace squall::manifest {
namespace {

constexpr std::uint32_t most_workers = 1'000;
constexpr std::uint64_t least_memory_bytes = 16ULL << 20;
constexpr double least_cpus = 0.01;
constexpr double most_cpus = 4'096;

using group = worker_group;

/// `min`, `max`, `target_waiting` and `down_after` make a group one that scales itself.
scaling& scale_of(group& out) {
  return out.scale ? *out.scale : out.scale.emplace();
}

void read_cpus(report& to, const node& value, resources& out) {
  double cpus = 0;
  const auto& text = value.text;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, cpus, std::chars_format::fixed);
  if (error != std::errc{} || rest != end || !(cpus >= least_cpus && cpus <= most_cpus))
    refuse(to, value, "no number of processors", "0.01 to 4096, such as 1.5");
  else
    out.cpus = cpus;
}

void read_memory(report& to, const node& value, resources& out) {
  std::uint64_t bytes = least_memory_bytes;
  read_size(to, value, bytes);
  if (bytes < least_memory_bytes) refuse(to, value, "too little for a process", "16MiB at least");
  out.memory_bytes = bytes;
}

constexpr std::array keys{
    key<group>{"name", [](auto& to, auto& value, auto& out) { read_name(to, value, out.name); },
               true},
    key<group>{"replicas",
               [](auto& to, auto& value, auto& out) {
                 read_number(to, value, 0, most_workers, out.replicas);
               }},
    key<group>{"min",
               [](auto& to, auto& value, auto& out) {
                 read_number(to, value, 1, most_workers, scale_of(out).min);
               }},
    key<group>{"max",
               [](auto& to, auto& value, auto& out) {
                 read_number(to, value, 1, most_workers, scale_of(out).max);
               }},
    key<group>{"target_waiting",
               [](auto& to, auto& value, auto& out) {
                 read_duration(to, value, scale_of(out).target_waiting);
               }},
    key<group>{"down_after", [](auto& to, auto& value,
                                auto& out) { read_duration(to, value, scale_of(out).down_after); }},
    key<group>{"join", [](auto& to, auto& value,
                          auto& out) { read_texts(to, value, "a gateway", out.join); }},
    key<group>{"pools", [](auto& to, auto& value, auto& out) { read_pools(to, value, out.pools); }},
    key<group>{"consume",
               [](auto& to, auto& value, auto& out) { read_consume(to, value, out.consume); }},
    key<group>{"resources",
               [](auto& to, auto& value, auto& out) {
                 read_map(to, value, "resources", resource_keys(), out.limits);
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

constexpr std::array of_resources{
    key<resources>{"cpus", read_cpus},
    key<resources>{"memory", read_memory},
};

} // namespace

std::span<const key<worker_group>> worker_keys() {
  return keys;
}

std::span<const key<resources>> resource_keys() {
  return of_resources;
}

} // namespace squall::manifest
