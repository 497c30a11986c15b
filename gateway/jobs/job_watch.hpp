#pragma once

#include "proto/queue.hpp"

#include <algorithm>
#include <cstdint>

namespace squall::gateway {

/// Longest time that one request waits for a change of its job; behind it comes the next one.
inline constexpr std::uint32_t longest_watch_ms = 60'000;

/// The request for a job as soon as it has changed more than `seen` times, or for what it is when
/// the time is over. Whoever watches asks it again with what the answer says: so of changes that
/// come faster than they are told the newest is, and there is never more than one to be sent.
inline proto::queue_request wait_for_change(const proto::job_id& job, std::uint64_t seen) {
  proto::queue_request request;
  request.op = proto::queue_op::job_get;
  request.jobs = {job};
  request.seen = std::max<std::uint64_t>(seen, 1); // 0 would be its end
  request.timeout_ms = longest_watch_ms;
  return request;
}

} // namespace squall::gateway
