#pragma once

#include "proto/queue.hpp"
#include "tests/actors/queue/broker_rig.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace squall::tests {

/// Whatever may be asked of three queues. Every body is another.
class random_requests {
public:
  inline static const std::vector<std::string> names{"a", "b", "c"};

  explicit random_requests(std::uint32_t seed) : random_{seed} {}

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  const std::string& any_queue() { return names[below(3)]; }

  proto::queue_settings any_settings() {
    proto::queue_settings out;
    out.order = static_cast<proto::queue_order>(below(3));
    out.maxsize = below(3) == 0 ? 0 : 1 + below(12);
    out.max_attempts = 1 + below(4);
    out.lease_ms = 50 + below(200);
    return out;
  }

  proto::queue_request any_put() {
    auto out = request_of(proto::queue_op::put, any_queue());
    for (auto left = 1 + below(4); left > 0; --left) {
      auto& item = out.items.emplace_back();
      item.body = std::to_string(++last_body_);
      item.priority = static_cast<std::uint8_t>(below(10));
      if (below(6) == 0) item.delay_ms = 1 + below(90);
    }
    out.timeout_ms = below(3) > 0 ? 1 + below(200) : 0;
    return out;
  }

  proto::queue_request any_lease() {
    auto out = request_of(proto::queue_op::lease, any_queue());
    out.timeout_ms = below(3) > 0 ? 1 + below(200) : 0;
    out.count = 1 + below(4);
    out.lease_ms = below(2) * (20 + below(100));
    out.holder = below(3);
    out.create = below(10) == 0;
    return out;
  }

  proto::queue_request any_use(const std::string& lease) {
    using proto::queue_op;
    static constexpr queue_op ops[]{queue_op::ack,  queue_op::ack,    queue_op::ack,
                                    queue_op::nack, queue_op::extend, queue_op::release};
    auto out = request_of(ops[below(6)], "");
    out.lease = lease;
    out.delay_ms = below(2) * below(100);
    out.lease_ms = below(2) * (1 + below(100));
    return out;
  }

private:
  std::mt19937 random_;
  std::uint64_t last_body_ = 0;
};

} // namespace squall::tests
