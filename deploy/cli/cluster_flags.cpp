#include "deploy/cli/cluster_flags.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/flags.hpp"

#include <stdexcept>

namespace squall::cli {

void add_cluster_tls(CLI::App& app, proto::cluster_tls& tls) {
  const char* group = "Cluster TLS (all three, or none)";
  const auto add = [&](const char* name, std::string& target, const char* description) {
    app.add_option(name, target, description)->type_name("FILE")->group(group);
  };
  add("--cluster-cert", tls.certificate, "PEM file with this process's certificate");
  add("--cluster-key", tls.key, "PEM file with its private key");
  add("--cluster-ca", tls.ca, "PEM file with the cluster's authority; peers need its signature");
}

void check_cluster_tls(const proto::cluster_tls& tls) {
  const bool any = !tls.certificate.empty() || !tls.key.empty() || !tls.ca.empty();
  const bool all = !tls.certificate.empty() && !tls.key.empty() && !tls.ca.empty();
  if (any && !all) throw misuse("--cluster-cert, --cluster-key and --cluster-ca go together");
}

void add_pool_flag(CLI::App& app, std::vector<std::string>& pools, const std::string& description) {
  add_list(app, "--pool", pools,
           description + " (auto: a slot per core for kinds that compute); repeatable")
      ->type_name("KIND=N|auto");
}

std::vector<workers::pool_order> parse_pool_flags(const std::vector<std::string>& pools,
                                                  const workers::registry& kinds) {
  try {
    return workers::parse_pools(pools, kinds);
  } catch (const std::invalid_argument& error) {
    throw misuse("--pool: " + std::string(error.what()));
  }
}

CLI::Option* add_consume_flag(CLI::App& app, std::vector<std::string>& consumes,
                              const std::string& description) {
  return add_list(app, "--consume", consumes,
                  description + ": each item is run as a call of the kind, with so many at a time, "
                                "and acked when that succeeds; repeatable")
      ->type_name("QUEUE=KIND:N|auto");
}

std::vector<std::string> take_job_queues(std::vector<std::string>& consumes) {
  try {
    return workers::take_job_queues(consumes);
  } catch (const std::invalid_argument& error) {
    throw misuse("--consume: " + std::string(error.what()));
  }
}

std::vector<workers::consume_order> parse_consume_flags(const std::vector<std::string>& consumes,
                                                        const workers::registry& kinds) {
  try {
    return workers::parse_consumes(consumes, kinds);
  } catch (const std::invalid_argument& error) {
    throw misuse("--consume: " + std::string(error.what()));
  }
}

} // namespace squall::cli
