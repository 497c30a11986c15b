#pragma once

#include "proto/queue.hpp"
#include "tests/actors/queue/broker_rig.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace squall::tests {

/// Whatever may be asked of three queues, with items and with jobs of three kinds. Every body is
/// another.
class random_requests {
public:
  inline static const std::vector<std::string> names{"a", "b", "c"};
  inline static const std::vector<std::string> kinds{"x", "y", "z", ""};

  explicit random_requests(std::uint32_t seed) : random_{seed} {}

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  const std::string& any_queue() { return names[below(3)]; }

  proto::queue_settings any_settings() {
    proto::queue_settings out;
    out.order = static_cast<proto::queue_order>(below(3));
    out.maxsize = below(3) == 0 ? 0 : 1 + below(12);
    out.max_attempts = 1 + below(4);
    out.lease_ms = 50 + below(200);
    out.max_running = below(2) == 0 ? 0 : 1 + below(6);
    return out;
  }

  proto::queue_request any_put() {
    auto out = request_of(proto::queue_op::put, any_queue());
    const auto what = below(5); // items, jobs, or one job with keys
    for (auto left = what == 0 ? 1 : 1 + below(4); left > 0; --left) {
      auto& item = out.items.emplace_back();
      item.body = std::to_string(++last_body_);
      item.priority = static_cast<std::uint8_t>(below(10));
      if (below(6) == 0) item.delay_ms = 1 + below(90);
      if (what < 3) item.job = any_job();
    }
    out.timeout_ms = below(3) > 0 ? 1 + below(200) : 0;
    out.create = below(10) == 0;
    if (what > 0) return out;
    out.timeout_ms = 0; // while it waits, the job that it would find may come and go unseen
    auto& job = out.items.front().job;
    if (below(3) > 0) job.unique_key = std::to_string(below(3));
    if (below(3) == 0) job.idempotency_key = out.queue + std::to_string(below(50));
    job.fingerprint = below(8) == 0 ? 8 : 7;
    return out;
  }

  proto::job_options any_job() {
    proto::job_options out;
    out.kind = kinds[below(3)];
    out.result_ttl_ms = 1 + below(300);
    if (below(4) == 0) out.max_attempts = 1 + below(3);
    if (below(6) == 0) out.ttl_ms = 1 + below(150);
    return out;
  }

  proto::job_filter any_filter() {
    proto::job_filter out;
    out.queue = any_queue(); // the order of puts at several queues is nobody's business
    if (below(2) == 0) out.kind = kinds[below(3)];
    if (below(2) == 0) out.states = 1 + below((1U << proto::item_states) - 1);
    out.most = 1 + below(20);
    return out;
  }

  proto::queue_request any_lease() {
    auto out = request_of(proto::queue_op::lease, any_queue());
    out.timeout_ms = below(3) > 0 ? 1 + below(200) : 0;
    out.count = 1 + below(4);
    out.lease_ms = below(2) * (20 + below(100));
    out.holder = below(3);
    out.create = below(10) == 0;
    for (auto left = below(4); left > 0; --left)
      out.kinds.push_back(kinds[below(4)]);
    return out;
  }

  proto::queue_request any_use(const std::string& lease) {
    using proto::queue_op;
    static constexpr queue_op ops[]{queue_op::ack,  queue_op::ack,    queue_op::ack,
                                    queue_op::nack, queue_op::extend, queue_op::release};
    auto out = request_of(ops[below(6)], "");
    out.lease = lease;
    out.dead = below(10) == 0;
    if (below(4) > 0 || out.op == queue_op::ack) out.result = std::to_string(below(1'000));
    out.delay_ms = below(2) * below(100);
    out.lease_ms = below(2) * (1 + below(100));
    return out;
  }

private:
  std::mt19937 random_;
  std::uint64_t last_body_ = 0;
};

} // namespace squall::tests
