#include "deploy/cli/cluster_flags.hpp"

#include "deploy/certs/check.hpp"
#include "deploy/certs/openssl.hpp"
#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/flags.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <stdexcept>

namespace squall::cli {

void add_cluster_tls(CLI::App& app, cluster_tls_flags& flags) {
  const char* group = "Cluster TLS (a folder, or all three files, or none)";
  const auto add = [&](const char* name, std::string& target, const char* description) {
    return app.add_option(name, target, description)->type_name("FILE")->group(group);
  };
  add("--cluster-tls", flags.folder,
      "folder with ca.pem, cert.pem and key.pem, as squall certs issue makes it")
      ->type_name("DIR");
  add("--cluster-cert", flags.files.certificate, "PEM file with this process's certificate");
  add("--cluster-key", flags.files.key, "PEM file with its private key");
  add("--cluster-ca", flags.files.ca,
      "PEM file with the cluster's authority; peers need its signature");
}

proto::cluster_tls take_cluster_tls(const cluster_tls_flags& flags) {
  const auto& given = flags.files;
  const bool any = !given.certificate.empty() || !given.key.empty() || !given.ca.empty();
  const bool all = !given.certificate.empty() && !given.key.empty() && !given.ca.empty();
  if (any && !flags.folder.empty())
    throw misuse("--cluster-tls names a folder with all files; --cluster-cert, --cluster-key and "
                 "--cluster-ca do not go with it");
  if (any && !all) throw misuse("--cluster-cert, --cluster-key and --cluster-ca go together");
  if (!any && flags.folder.empty()) return {};
  const std::string flag = any ? "--cluster-cert: " : "--cluster-tls: ";
  try {
    const auto files = any ? certs::identity_files{given.certificate, given.key, given.ca}
                           : certs::files_in(flags.folder);
    for (const auto& warning : certs::check_files(files, std::chrono::system_clock::now()))
      spdlog::warn("{}{}", flag, warning);
    return {files.certificate.string(), files.key.string(), files.authority.string()};
  } catch (const certs::failure& error) {
    throw misuse(flag + error.what());
  }
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
