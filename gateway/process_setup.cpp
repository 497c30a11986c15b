#include "gateway/process_setup.hpp"

#include "gateway/process_sockets.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>

namespace squall::gateway {
namespace {

proto::endpoint address_option(const std::string& flag, const std::string& text) {
  if (auto where = proto::parse_endpoint(text)) return *where;
  throw misuse{flag + " " + text + " is not of the form HOST:PORT"};
}

} // namespace

std::optional<proto::endpoint> cluster_address(const process_options& options) {
  if (options.cluster.empty()) return std::nullopt;
  auto where = address_option("--cluster", options.cluster);
  if (proto::is_loopback(where.host) || options.tls || options.insecure_cluster) return where;
  throw misuse{
      "--cluster " + options.cluster +
      " can be reached from other machines, and whoever reaches it controls this process. "
      "Give --cluster-tls with a folder that squall certs issue made, or, in a network that you "
      "trust, --insecure-cluster"};
}

std::string default_name() {
  char host[256] = "gateway";
  ::gethostname(host, sizeof host - 1);
  return std::string{host} + "-" + std::to_string(::getpid());
}

std::vector<proto::endpoint> client_addresses(const process_options& options) {
  std::vector<proto::endpoint> addresses;
  for (const int socket : options.sockets)
    addresses.push_back(address_of_socket(socket));
  if (addresses.empty()) addresses.push_back(address_option("--listen", options.listen));
  if (options.limits.tokens || options.open) return addresses;
  for (const auto& each : addresses)
    if (!proto::is_loopback(each.host))
      throw misuse{"--listen " + proto::to_string(each) +
                   " can be reached from other machines. Give --tokens with a file that squall "
                   "token new made, or, to serve anybody, --open"};
  return addresses;
}

proto::system_options system_options(const process_options& options) {
  proto::system_options system;
  system.network = !options.cluster.empty();
  system.tls = options.tls;
  return system;
}

actors::opened_store open_store(const process_options& options) {
  try {
    auto opened = actors::open_store(options.store, options.queue_memory);
    spdlog::log(opened.durable ? spdlog::level::info : spdlog::level::warn, opened.about);
    return opened;
  } catch (const actors::store_failure& failure) {
    throw misuse{"--store " + actors::to_string(options.store) + ": " + failure.what()};
  }
}

actors::runner_limits job_limits(const process_options& options) {
  actors::runner_limits limits;
  limits.most_result_bytes = options.limits.max_job_bytes;
  for (const auto& queue : options.job_queues)
    if (std::ranges::find(limits.queues, queue) == limits.queues.end())
      limits.queues.push_back(queue);
  return limits;
}

} // namespace squall::gateway
