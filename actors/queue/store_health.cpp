#include "actors/queue/store_health.hpp"

#include <spdlog/spdlog.h>

#include <cstdint>

namespace squall::actors {

void store_health::turn_ended(const std::string& trouble, std::chrono::microseconds took) {
  std::lock_guard guard{mutex_};
  if (trouble.empty())
    report_.commits.add(static_cast<std::uint64_t>(took.count()));
  else
    ++report_.failed_commits;
  if (trouble == report_.trouble) return;
  if (report_.trouble.empty())
    spdlog::warn("the store of the queues fails: {}", trouble);
  else if (trouble.empty())
    spdlog::info("the store of the queues works again");
  report_.trouble = trouble;
}

proto::store_report store_health::report() const {
  std::lock_guard guard{mutex_};
  return report_;
}

} // namespace squall::actors
