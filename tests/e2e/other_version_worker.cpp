// A worker as a later version of Squall would be: it greets with the next protocol version. Joins
// the gateway HOST:PORT that it is given, until it is ended.

#include "proto/cluster.hpp"
#include "proto/endpoint.hpp"
#include "workers/worker_process.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
  using namespace squall;
  const auto gateway = argc == 2 ? proto::parse_endpoint(argv[1]) : std::nullopt;
  if (!gateway) {
    std::cerr << "usage: other_version_worker HOST:PORT\n";
    return 2;
  }
  spdlog::set_default_logger(spdlog::stderr_logger_mt("other")); // as squall worker logs
  workers::worker_options options;
  options.gateways = {*gateway};
  options.name = "other";
  options.protocol = proto::protocol_version + 1;
  const auto kinds = workers::built_in_kinds();
  options.pools = workers::parse_pools({"sleep=1"}, kinds);
  workers::worker_process process{std::move(options), kinds};
  return process.run() ? EXIT_SUCCESS : EXIT_FAILURE;
}
