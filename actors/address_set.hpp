#pragma once

#include "proto/endpoint.hpp"

#include <set>
#include <string>
#include <vector>

namespace squall::actors {

/// What differs between two sets of addresses.
struct address_changes {
  std::vector<proto::endpoint> added;
  std::vector<proto::endpoint> gone;
};

address_changes difference(const std::set<proto::endpoint>& before,
                           const std::set<proto::endpoint>& now);

/// The numeric addresses of a host, without duplicates. Blocks, for many seconds when name servers
/// do not answer; empty when there are none.
std::vector<std::string> look_up(const std::string& host);

} // namespace squall::actors
