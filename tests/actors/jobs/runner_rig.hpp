#pragma once

#include "actors/jobs/runner_core.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

/// A `runner_core` with a clock that the test turns, and what it had to say in the last turn.
struct runner_rig {
  using names = std::vector<std::string>;
  using kinds_with_slots = std::map<std::string, std::uint32_t>;

  static constexpr actors::runner_core::time_point start{std::chrono::hours{1}};
  static constexpr std::uint8_t bridge = 7;

  explicit runner_rig(const kinds_with_slots& kinds, actors::runner_limits limits = {})
      : core{std::move(limits)} {
    core.attached(bridge);
    offer(kinds);
  }

  static proto::kinds_changed slots(const kinds_with_slots& kinds) {
    proto::kinds_changed out;
    for (const auto& [name, count] : kinds) {
      auto& kind = out.kinds.emplace_back();
      kind.info.name = name;
      kind.slots = count;
    }
    out.workers = {{1, "one"}, {3, "three"}};
    return out;
  }

  void turn() {
    mail = core.take(now);
    for (const auto& request : mail.broker.requests)
      if (request.op == proto::queue_op::lease)
        lease[request.queue + "/" + request.kinds.at(0)] = request;
  }

  void offer(const kinds_with_slots& kinds) {
    auto known = slots(kinds);
    core.on_kinds(known);
    turn();
  }

  void answer(proto::queue_answer answer) {
    proto::queue_answers batch;
    batch.answers.push_back(std::move(answer));
    core.on_answers(batch, now);
    turn();
  }
  void settled(const proto::queue_request& request, proto::errc code = proto::errc::none) {
    proto::queue_answer done;
    done.id = request.id;
    done.op = request.op;
    done.code = code;
    done.lease_ms = 30'000;
    answer(done);
  }
  void revoke(const names& leases) {
    proto::queue_answers batch;
    batch.revoked = leases;
    core.on_answers(batch, now);
    turn();
  }

  static proto::queue_answer jobs_for(std::uint64_t id, const names& leases) {
    proto::queue_answer answer;
    answer.id = id;
    answer.op = proto::queue_op::lease;
    for (const auto& lease : leases) {
      auto& item = answer.items.emplace_back();
      item.id = 1;
      item.lease = lease;
      item.body = "params of " + lease;
      item.lease_ms = 30'000;
      item.job = {1, 1};
    }
    return answer;
  }
  /// Answers the lease request that is out, gives the calls.
  std::vector<proto::submission> give(const std::string& line, const names& leases) {
    answer(jobs_for(lease.at(line).id, leases));
    return mail.router.calls;
  }

  void end(std::uint64_t call, proto::errc code = proto::errc::none, std::string body = "true",
           std::uint64_t worker = 1, std::uint32_t run_us = 50'000) {
    std::vector<proto::result> results{{call, 1, code, run_us, std::move(body), {}, worker}};
    core.on_results(results, now);
    turn();
  }
  void tell(std::uint64_t call, std::string progress) {
    std::vector<proto::call_progress> words{{call, 1, std::move(progress)}};
    core.on_progress(words, now);
    turn();
  }
  void refuse(std::uint64_t call, proto::errc code = proto::errc::overloaded) {
    end(call, code, "no", 0, 0);
  }

  std::vector<proto::queue_request> requests(proto::queue_op op) const {
    std::vector<proto::queue_request> found;
    for (const auto& request : mail.broker.requests)
      if (request.op == op) found.push_back(request);
    return found;
  }
  proto::queue_request request(proto::queue_op op) const {
    auto found = requests(op);
    REQUIRE(found.size() == 1);
    return found.front();
  }

  actors::runner_core core;
  actors::runner_core::time_point now = start;
  actors::runner_mail mail;
  std::map<std::string, proto::queue_request> lease; ///< the last one, by queue and kind
};

} // namespace squall::tests
