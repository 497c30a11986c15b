#pragma once

#include "deploy/manifest/manifest.hpp"
#include "deploy/supervisor/contents.hpp"
#include "deploy/supervisor/log_file.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What runs on one machine for a manifest: groups, and the processes that they come to. Plain
/// values; pure.
namespace squall::supervisor {

enum class role { gateway, worker };

std::string_view to_string(role which);

/// One process, with all that it is started with.
struct process_spec {
  std::string name; ///< GROUP-1, GROUP-2, ...
  std::string group;
  role part = role::worker;
  std::string listen;    ///< of the socket that it gets, HOST:PORT; empty for a worker
  bool overlaps = false; ///< it and its successor may run side by side
  manifest::flag_values flags;
  std::map<std::string, std::string> environment; ///< besides the supervisor's
  content_sums contents;                          ///< of a gateway's files
  std::chrono::milliseconds drain_timeout{30'000};

  friend bool operator==(const process_spec&, const process_spec&) = default;
};

/// A group whose processes differ by their number alone. Its flags are those that all share.
struct group {
  std::string name;
  role part = role::worker;
  std::uint32_t replicas = 1;
  std::optional<manifest::scaling> scale; ///< of workers that are as many as their load needs
  std::string listen;                     ///< of gateways
  std::string cluster;           ///< of the first gateway; the next ones have the ports above
  std::vector<std::string> join; ///< of workers: gateways' groups, or HOST:PORT
  manifest::flag_values flags;
  std::map<std::string, std::string> environment;
  content_sums contents;
  std::chrono::milliseconds drain_timeout{30'000};
};

struct plan {
  std::string name; ///< of the deployment
  std::vector<group> groups;
  std::string declared; ///< JSON with `queues` and `schedules`, as `--declare` takes them
  std::uint64_t max_log_bytes = 0; ///< of one file; 0: as usual
  /// Groups with `resources`, which are not enforced here. For who reads the manifest, not kept.
  std::vector<std::string> unlimited;
};

/// The plan of a manifest, with sums of the files that gateways read. \param declared_in the file
/// that will have what is declared
plan make_plan(const manifest::manifest& of, const std::string& declared_in);

/// All processes: gateways first, each group's by their number. Workers join every replica of a
/// gateways' group.
std::vector<process_spec> processes_of(const plan& of);

/// The plan with another number of processes of a group. Throws `std::invalid_argument`, which
/// names what may be scaled: not a group that scales itself.
plan scaled(plan from, std::string_view group, std::uint32_t replicas);

/// The plan with as many processes of each group that scales itself as it has `now`, within its
/// limits.
plan keep_scaled(plan wanted, const plan& now);

/// The file that the process is started with as `--config`.
std::string config_of(const process_spec& spec);

} // namespace squall::supervisor
