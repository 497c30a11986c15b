#pragma once

#include "actors/queue/durable/stored_item.hpp"
#include "actors/queue/postgres/flight.hpp"
#include "actors/queue/postgres/queue_rows.hpp"
#include "actors/queue/store.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace squall::actors::postgres {

/// Jobs and dead items as they are told of. What was changed must be written.
class job_rows {
public:
  job_rows(flight& through, queue_rows& queues) : through_{through}, queues_{queues} {}

  /// Those of these items that are jobs, with params and results.
  std::map<std::uint64_t, proto::job_view> whole(const array_text& items);
  /// Writes `jobs` and `next`. `queue`: null when none of the filter's name is there.
  void list(const proto::job_filter& which, const stored_queue* queue, view& out);
  std::vector<proto::dead_item> dead(std::uint64_t queue, std::uint32_t most);
  /// By item.
  std::map<std::uint64_t, std::vector<proto::failed_attempt>> failures(const array_text& items);

private:
  flight& through_;
  queue_rows& queues_;
};

} // namespace squall::actors::postgres
