#pragma once

#include "actors/router_core.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

inline proto::pool_offer offer(std::string kind, std::uint32_t slots, std::uint32_t window,
                               bool idempotent = true) {
  proto::pool_offer out;
  out.kind.name = std::move(kind);
  out.kind.idempotent = idempotent;
  out.slots = slots;
  out.window = window;
  return out;
}

inline proto::pool_offer offer(std::string kind, std::uint32_t slots) {
  return offer(std::move(kind), slots, slots);
}

inline proto::worker_info worker_named(std::string name) {
  proto::worker_info out;
  out.id = "incarnation of " + name;
  out.host = "host";
  out.name = std::move(name);
  return out;
}

inline proto::submission submission_of(std::uint64_t id, std::string kind,
                                       std::uint64_t connection = 1, std::uint8_t priority = 5,
                                       std::uint32_t timeout_ms = 0) {
  proto::submission out;
  out.work.id = id;
  out.work.kind = std::move(kind);
  out.work.params = "{\"call\":" + std::to_string(id) + "}";
  out.work.time_left_ms = timeout_ms;
  out.connection = connection;
  out.priority = priority;
  return out;
}

/// A `router_core` with one bridge, a clock that the test turns, and memory of what was sent.
class router_rig {
public:
  using milliseconds = std::chrono::milliseconds;

  explicit router_rig(actors::router_limits limits = {})
      : core{limits}, bridge{*core.attach_bridge()} {}

  actors::router_core core;
  std::uint8_t bridge;
  actors::router_core::time_point now{std::chrono::hours{1}};
  std::map<std::uint64_t, std::vector<proto::call>> at;             ///< sent, by worker
  std::map<std::uint64_t, std::vector<std::uint64_t>> cancelled_at; ///< by worker
  std::vector<proto::result> answers;                               ///< of all bridges
  std::vector<proto::call_progress> told;                           ///< to all bridges
  unsigned kinds_told = 0;

  /// The id of the rig's call number `n`.
  std::uint64_t id(std::uint64_t n) const {
    return (std::uint64_t{bridge} << proto::bridge_shift) | n;
  }

  std::uint64_t join(proto::worker_info who, std::vector<proto::pool_offer> pools) {
    auto number = core.worker_joined(std::move(who), std::move(pools), now);
    gather();
    return number;
  }
  std::uint64_t join(const std::string& name, std::vector<proto::pool_offer> pools) {
    return join(worker_named(name), std::move(pools));
  }

  void submit(proto::submission work) {
    proto::submit_batch batch;
    batch.calls.push_back(std::move(work));
    core.submit(batch, now);
    gather();
  }
  void call(std::uint64_t n, const std::string& kind = "prime", std::uint64_t connection = 1,
            std::uint8_t priority = 5, std::uint32_t timeout_ms = 0) {
    submit(submission_of(id(n), kind, connection, priority, timeout_ms));
  }
  void cancel(std::uint64_t n) {
    proto::submit_batch batch;
    batch.cancelled.push_back(id(n));
    core.submit(batch, now);
    gather();
  }

  void answer(std::uint64_t worker, const proto::call& call, proto::errc code = proto::errc::none) {
    proto::result_batch batch;
    batch.worker = worker;
    batch.results.push_back({call.id, call.attempt, code, 10, "answer to " + call.params, ""});
    core.answered(batch, now);
    gather();
  }
  /// The worker gives calls back unstarted.
  void give_back(std::uint64_t worker, std::vector<std::uint64_t> ids) {
    proto::result_batch batch;
    batch.worker = worker;
    batch.returned = std::move(ids);
    core.answered(batch, now);
    gather();
  }
  void tell(std::uint64_t worker, const proto::call& call, std::string progress) {
    proto::result_batch batch;
    batch.worker = worker;
    batch.progress.push_back({call.id, call.attempt, std::move(progress)});
    core.answered(batch, now);
    gather();
  }
  void grant(std::uint64_t worker, const std::string& kind, std::uint32_t window) {
    proto::result_batch batch;
    batch.worker = worker;
    batch.grants.push_back({kind, window});
    core.answered(batch, now);
    gather();
  }
  actors::router_loss lose(std::uint64_t worker) {
    auto loss = core.worker_lost(worker, now);
    gather();
    return loss;
  }
  void leave(std::uint64_t worker) {
    core.worker_leaves(worker, now);
    gather();
  }
  void pass(milliseconds time) {
    now += time;
    core.expire(now);
    gather();
  }

  /// The numbers of the calls that a worker got, in order.
  std::vector<std::uint64_t> numbers_at(std::uint64_t worker) {
    std::vector<std::uint64_t> out;
    for (const auto& call : at[worker])
      out.push_back(call.id ^ id(0));
    return out;
  }
  proto::kind_status kind(const std::string& name) const {
    for (auto& each : core.status(now).kinds)
      if (each.info.name == name) return each;
    return {};
  }
  std::uint64_t outcomes(const std::string& kind_name, const std::string& outcome) const {
    for (const auto& each : kind(kind_name).outcomes)
      if (each.outcome == outcome) return each.count;
    return 0;
  }

  void gather() {
    auto mail = core.take();
    kinds_told += mail.kinds_changed ? 1 : 0;
    for (auto& [worker, batch] : mail.calls) {
      for (auto& call : batch.calls)
        at[worker].push_back(std::move(call));
      for (auto each : batch.cancelled)
        cancelled_at[worker].push_back(each);
    }
    for (auto& [to, batch] : mail.answers) {
      for (auto& result : batch.results)
        answers.push_back(std::move(result));
      for (auto& progress : batch.progress)
        told.push_back(std::move(progress));
    }
  }
};

} // namespace squall::tests
