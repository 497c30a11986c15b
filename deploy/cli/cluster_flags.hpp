#pragma once

#include "proto/system_config.hpp"
#include "workers/consume.hpp"
#include "workers/pools.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

/// Flags that `squall gateway` and `squall worker` share.
namespace squall::cli {

/// The flags of mutual TLS between gateways and workers.
void add_cluster_tls(CLI::App& app, proto::cluster_tls& tls);

/// Throws `misuse` unless all three files are given, or none.
void check_cluster_tls(const proto::cluster_tls& tls);

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
