#pragma once

#include "proto/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What a deployment consists of, as its manifest says it: plain values, checked, with variables
/// put in and defaults filled in. Where the manifest was, nobody needs to know any more: relative
/// paths are absolute.
namespace squall::manifest {

/// Values of a command's flags, by the flag's name without its dashes (`max-waiting`); a flag that
/// may be repeated has several, a switch has "true" or "false".
using flag_values = std::map<std::string, std::vector<std::string>>;

/// How gateways and workers trust each other.
struct cluster_security {
  std::string tls;       ///< folder with `ca.pem`, `cert.pem`, `key.pem`; empty: no TLS
  bool insecure = false; ///< without TLS beyond loopback, too

  friend bool operator==(const cluster_security&, const cluster_security&) = default;
};

/// A scalable sort of gateways. All replicas share the client address.
struct gateway_group {
  std::string name;
  std::uint32_t replicas = 1;
  proto::endpoint listen{"127.0.0.1", 8888};
  /// For workers; replica i (from 0) on one machine has port + i. Nothing: no worker may join.
  std::optional<proto::endpoint> cluster = proto::endpoint{"127.0.0.1", 7411};
  std::string store;                          ///< as `--store`; empty: the default file
  std::string tls_certificate;                ///< for HTTPS; empty: HTTP
  std::string tls_key;                        ///< with `tls_certificate`
  std::string tokens;                         ///< file, as `--tokens`; empty: none
  std::map<std::string, std::string> pools;   ///< kind to slots ("4" or "auto")
  std::map<std::string, std::string> consume; ///< queue to "KIND:N"
  std::vector<std::string> job_queues;        ///< whose jobs are run, besides `default`
  flag_values flags;                          ///< all others of `squall gateway`
  std::map<std::string, std::string> environment;
  std::vector<std::string> from_variables; ///< names in `environment` whose values may be secrets
  std::chrono::milliseconds drain_timeout{30'000};

  friend bool operator==(const gateway_group&, const gateway_group&) = default;
};

/// Between which numbers a group scales itself, and when.
struct scaling {
  std::uint32_t min = 1;
  std::uint32_t max = 1;
  /// A call that waits for a slot should do so for so long at most.
  std::chrono::milliseconds target_waiting{100};
  /// Fewer processes must have been enough for so long before one of them goes.
  std::chrono::milliseconds down_after{60'000};

  friend bool operator==(const scaling&, const scaling&) = default;
};

/// What one process of a group may take of its host; nothing: no limit.
struct resources {
  std::optional<double> cpus;
  std::optional<std::uint64_t> memory_bytes;

  friend bool operator==(const resources&, const resources&) = default;
};

/// A scalable sort of workers.
struct worker_group {
  std::string name;
  std::uint32_t replicas = 1;                 ///< to begin with, when it scales itself
  std::optional<scaling> scale;               ///< nothing: as many as `replicas` always
  std::vector<std::string> join;              ///< names of gateway groups, or "HOST:PORT"
  std::map<std::string, std::string> pools;   ///< kind to slots ("4" or "auto")
  std::map<std::string, std::string> consume; ///< queue to "KIND:N"
  flag_values flags;                          ///< all others of `squall worker`
  resources limits;
  std::map<std::string, std::string> environment;
  std::vector<std::string> from_variables; ///< names in `environment` whose values may be secrets
  std::chrono::milliseconds drain_timeout{30'000};

  friend bool operator==(const worker_group&, const worker_group&) = default;
};

/// Something that gateways see to that it is there, as its HTTP path takes it.
struct declared {
  std::string name;
  std::string options; ///< JSON object, as it is put at /v1/queues/NAME or /v1/schedules/NAME

  friend bool operator==(const declared&, const declared&) = default;
};

/// A whole manifest.
struct manifest {
  std::string name; ///< of the deployment
  std::string log_level = "info";
  std::uint64_t max_log_bytes = 0; ///< of one file, where `squall up` keeps logs; 0: as usual
  cluster_security cluster;
  std::vector<gateway_group> gateways;
  std::vector<worker_group> workers;
  std::vector<declared> queues;
  std::vector<declared> schedules;

  friend bool operator==(const manifest&, const manifest&) = default;
};

} // namespace squall::manifest
