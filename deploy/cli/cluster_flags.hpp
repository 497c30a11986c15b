#pragma once

#include "proto/system_config.hpp"
#include "workers/consume.hpp"
#include "workers/pools.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

/// Flags that `squall gateway` and `squall worker` share.
namespace squall::cli {

/// What the flags of mutual TLS between gateways and workers were given.
struct cluster_tls_flags {
  proto::cluster_tls files;
  std::string folder; ///< instead of the files
};

void add_cluster_tls(CLI::App& app, cluster_tls_flags& flags);

/// The files that were given; all empty: none were. Logs what should be seen to about them. Throws
/// `misuse` when they are named by halves or twice, or cannot be used.
proto::cluster_tls take_cluster_tls(const cluster_tls_flags& flags);

/// `--pool KIND=N`.
void add_pool_flag(CLI::App& app, std::vector<std::string>& pools, const std::string& description);

/// Reads what `--pool` was given. Throws `misuse`.
std::vector<workers::pool_order> parse_pool_flags(const std::vector<std::string>& pools,
                                                  const workers::registry& kinds);

/// `--consume QUEUE=KIND:N`.
CLI::Option* add_consume_flag(CLI::App& app, std::vector<std::string>& consumes,
                              const std::string& description);

/// Takes the queues that stand alone out of what a gateway's `--consume` was given. Throws
/// `misuse`.
std::vector<std::string> take_job_queues(std::vector<std::string>& consumes);

/// Reads what `--consume` was given. Throws `misuse`.
std::vector<workers::consume_order> parse_consume_flags(const std::vector<std::string>& consumes,
                                                        const workers::registry& kinds);

} // namespace squall::cli
