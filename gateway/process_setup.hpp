#pragma once

#include "actors/jobs/runner.hpp"
#include "actors/queue/open_store.hpp"
#include "gateway/process.hpp"
#include "proto/endpoint.hpp"
#include "proto/system_config.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

/// From what a gateway was told to what its parts are made of.
namespace squall::gateway {

/// What is wrong with the options; the text is for people.
struct misuse : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Where workers are to join; nothing: none may. Throws `misuse`, also for an address that the
/// options do not allow.
std::optional<proto::endpoint> cluster_address(const process_options& options);

/// Where clients are to be: where the sockets are that were passed, otherwise as the options say.
/// Throws `misuse`.
std::vector<proto::endpoint> client_addresses(const process_options& options);

/// Host name and pid.
std::string default_name();

proto::system_options system_options(const process_options& options);

/// Throws `misuse` when it cannot be opened.
actors::opened_store open_store(const process_options& options);

actors::runner_limits job_limits(const process_options& options);

} // namespace squall::gateway
