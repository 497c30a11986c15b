#pragma once

#include "actors/queue/store_place.hpp"
#include "gateway/declare/inbox.hpp"
#include "gateway/local_pools.hpp"
#include "gateway/observer.hpp"
#include "gateway/settings.hpp"
#include "proto/system_config.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace squall::gateway {

/// What `squall gateway` was told.
struct process_options {
  settings limits;
  std::string listen = "127.0.0.1:8888"; ///< for clients; port 0 takes a free one
  /// TCP sockets for clients that listen already: `listen` is not taken then, and when the gateway
  /// ends they stay open for whoever shares them. The gateway's to close.
  std::vector<int> sockets;
  std::string cluster = "127.0.0.1:7411"; ///< for workers; empty: none may join
  std::size_t io_threads = 1;
  std::string name;              ///< shown in the cluster; empty: host name and pid
  bool open = false;             ///< allow clients from beyond loopback that need no token
  bool insecure_cluster = false; ///< allow a cluster address beyond loopback without TLS
  proto::cluster_tls tls;
  std::chrono::milliseconds drain_timeout{30'000};
  std::size_t max_waiting = 65'536;                ///< calls of one kind that wait for a slot
  std::size_t max_waiting_per_connection = 16'384; ///< those of one connection
  std::size_t max_waiting_bytes = 256u << 20;      ///< of the params of one kind's waiting calls
  actors::store_place store;                       ///< where queues are kept
  std::size_t queue_memory = 256u << 20;           ///< bytes that all queues may take in memory
  std::vector<std::string> job_queues; ///< whose jobs are run, besides those of `default`
  /// Where it gets what it is to see to that it is there: something is in it at the start. Null:
  /// nothing is.
  std::shared_ptr<declaration_inbox> declared;
  observer told;
};

/// Runs a gateway until `stop` is requested, then drains: blocks until everything was finished, so
/// the caller sees to the end of the drain's time. Prints the addresses that it took on stdout as
/// one line. Returns the exit code: 0, or 2 for options that cannot work (said on stderr).
/// `pools` serve kinds in this process; null: none.
int run_gateway(const process_options& options, local_pools* pools, const std::stop_token& stop);

} // namespace squall::gateway
