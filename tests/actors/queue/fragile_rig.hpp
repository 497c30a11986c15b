#pragma once

#include "tests/actors/queue/broker_rig.hpp"
#include "tests/actors/queue/fragile_store.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace squall::tests {

/// A broker over a store that can fail, with a queue "q".
struct fragile_rig {
  fragile_rig() { r.define("q"); }

  std::shared_ptr<fragility> store = std::make_shared<fragility>();
  broker_rig r{std::make_unique<fragile_store>(store)};

  /// As `broker_rig::ask`, in a turn that goes on.
  std::uint64_t part(proto::queue_request request, std::uint64_t asker = 1) {
    proto::queue_batch batch;
    request.id = ++r.last;
    batch.requests.push_back(std::move(request));
    r.core.handle(asker, batch, r.now);
    return r.last;
  }
  std::uint64_t part_put(const std::string& body, std::uint64_t asker = 1) {
    auto put = request_of(proto::queue_op::put, "q");
    put.items = items_of({body});
    return part(put, asker);
  }
  std::uint64_t part_use(proto::queue_op op, const std::string& lease, std::uint64_t asker = 1) {
    auto use = request_of(op, "");
    use.lease = lease;
    return part(use, asker);
  }
  std::uint64_t part_lease(std::uint32_t timeout_ms, std::uint64_t asker = 1,
                           std::uint64_t holder = 0) {
    auto lease = request_of(proto::queue_op::lease, "q");
    lease.timeout_ms = timeout_ms;
    lease.holder = holder;
    return part(lease, asker);
  }
  void failed(std::uint64_t request) {
    CAPTURE(request);
    CHECK(r.code(request) == proto::errc::unavailable);
    CHECK(r.answers.at(request).message == "the disk is full");
  }
};

} // namespace squall::tests
