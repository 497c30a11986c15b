#pragma once

#include "tests/actors/queue/broker_rig.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

inline proto::queue_request put_jobs_of(const std::string& queue,
                                        std::vector<proto::new_item> jobs) {
  auto out = request_of(proto::queue_op::put, queue);
  out.items = std::move(jobs);
  return out;
}
inline proto::queue_request lease_of(const std::string& queue, std::vector<std::string> kinds,
                                     std::uint32_t timeout_ms = 0, std::uint32_t count = 1) {
  auto out = request_of(proto::queue_op::lease, queue);
  out.kinds = std::move(kinds);
  out.timeout_ms = timeout_ms;
  out.count = count;
  return out;
}
inline proto::queue_request get_of(std::vector<proto::job_id> jobs, std::uint32_t timeout_ms = 0) {
  auto out = request_of(proto::queue_op::job_get, "");
  out.jobs = std::move(jobs);
  out.timeout_ms = timeout_ms;
  return out;
}
inline proto::queue_request cancel_of(const proto::job_id& job) {
  auto out = request_of(proto::queue_op::job_cancel, "");
  out.jobs = {job};
  return out;
}
inline proto::queue_request ack_of(const std::string& lease, const std::string& result) {
  auto out = request_of(proto::queue_op::ack, "");
  out.lease = lease;
  out.result = result;
  out.worker = "w";
  return out;
}
inline proto::queue_request fail_of(const std::string& lease) {
  auto out = request_of(proto::queue_op::nack, "");
  out.lease = lease;
  out.error = "there is no hope";
  out.dead = true;
  return out;
}

/// A broker with a queue "q" and what is asked about jobs.
struct job_rig : broker_rig {
  using broker_rig::broker_rig;

  /// Puts one job, which must succeed.
  proto::job_id put_job(const std::string& kind, const std::string& params = "1",
                        const std::string& queue = "q") {
    return answers.at(ask(put_jobs_of(queue, jobs_of(kind, {params})))).jobs.at(0).id;
  }
  /// As it is now; it must be there.
  proto::job_view job(const proto::job_id& id) { return answers.at(ask(get_of({id}))).jobs.at(0); }
  proto::item_state state(const proto::job_id& id) { return job(id).state; }
  /// The state that a get or a cancellation was answered with.
  proto::item_state answered(std::uint64_t request) const {
    return answers.at(request).jobs.at(0).state;
  }
  /// Leases one job of the kind at once; it must be there.
  proto::leased_item take_job(const std::string& kind, std::uint64_t asker = 1) {
    return answers.at(ask(lease_of("q", {kind}), asker)).items.at(0);
  }
};

} // namespace squall::tests
