#pragma once

#include "proto/job.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace squall::tests {

/// The jobs that were put, also those that are gone meanwhile, and their bodies.
class known_jobs {
public:
  void add(const proto::job_id& id, const std::string& body) {
    if (bodies_.emplace(id, body).second) order_.push_back(id);
  }
  bool empty() const { return order_.empty(); }
  /// The one that so many others came after, or the first.
  const proto::job_id& late(std::size_t after) const {
    return order_[order_.size() - std::min(order_.size(), after + 1)];
  }
  /// Empty when it is not known.
  std::string body(const proto::job_id& id) const {
    const auto found = bodies_.find(id);
    return found == bodies_.end() ? std::string{} : found->second;
  }

private:
  std::map<proto::job_id, std::string> bodies_;
  std::vector<proto::job_id> order_;
};

} // namespace squall::tests
