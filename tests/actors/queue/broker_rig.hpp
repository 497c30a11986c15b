#pragma once

#include "actors/queue/broker_core.hpp"
#include "actors/queue/memory_store.hpp"
#include "proto/queue.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

inline proto::queue_request request_of(proto::queue_op op, const std::string& queue) {
  proto::queue_request out;
  out.op = op;
  out.queue = queue;
  return out;
}

inline std::vector<proto::new_item> items_of(const std::vector<std::string>& bodies) {
  std::vector<proto::new_item> out;
  out.reserve(bodies.size());
  for (const auto& body : bodies)
    out.push_back({body, 5});
  return out;
}

inline proto::queue_settings holding(std::uint32_t maxsize) {
  proto::queue_settings out;
  out.maxsize = maxsize;
  return out;
}

/// Jobs of one kind each, whose params tell them apart.
inline std::vector<proto::new_item> jobs_of(const std::string& kind,
                                            const std::vector<std::string>& params) {
  auto out = items_of(params);
  for (auto& each : out)
    each.job.kind = kind;
  return out;
}

/// A `broker_core` over a store in memory, a clock that the test turns, and memory of what was
/// answered. Requests are of asker 1 unless said otherwise, and numbered from 1 on.
class broker_rig {
public:
  explicit broker_rig(std::size_t store_bytes = 1 << 20, std::size_t waiting_bytes = 1 << 20)
      : broker_rig{actors::make_memory_store(store_bytes), waiting_bytes} {}
  explicit broker_rig(std::unique_ptr<actors::store> items, std::size_t waiting_bytes = 1 << 20)
      : store{std::move(items)}, core{*store, waiting_bytes} {
    core.tick(now); // as the actor does at its start
    gather();
  }

  std::unique_ptr<actors::store> store;
  actors::broker_core core;
  actors::unix_ms now = 1'000'000;
  std::map<std::uint64_t, proto::queue_answer> answers;      ///< by request
  std::vector<std::uint64_t> order;                          ///< of the answers
  std::map<std::uint64_t, std::vector<std::string>> revoked; ///< leases, by asker
  std::uint64_t last = 0;

  /// Sends one request, gives its number.
  std::uint64_t ask(proto::queue_request request, std::uint64_t asker = 1) {
    proto::queue_batch batch;
    request.id = ++last;
    batch.requests.push_back(std::move(request));
    send(std::move(batch), asker);
    return last;
  }
  void send(proto::queue_batch batch, std::uint64_t asker = 1) {
    core.handle(asker, batch, now);
    gather();
  }
  void cancel(std::uint64_t request, std::uint64_t asker = 1) { send({{}, {request}, {}}, asker); }
  void end_holder(std::uint64_t holder, std::uint64_t asker = 1) {
    send({{}, {}, {holder}}, asker);
  }

  /// Lets time pass, with a tick at every moment for which the core asks.
  void pass(std::uint64_t ms) {
    const auto until = now + ms;
    for (auto next = core.next(); next && *next <= until; next = core.next()) {
      now = std::max(now, *next);
      core.tick(now);
      gather();
    }
    now = until;
  }

  std::uint64_t define(const std::string& queue, proto::queue_settings settings = {}) {
    auto request = request_of(proto::queue_op::define, queue);
    request.settings = settings;
    return ask(std::move(request));
  }
  std::uint64_t put(const std::string& queue, const std::vector<std::string>& bodies,
                    std::uint32_t timeout_ms = 0, std::uint64_t asker = 1) {
    auto request = request_of(proto::queue_op::put, queue);
    request.items = items_of(bodies);
    request.timeout_ms = timeout_ms;
    return ask(std::move(request), asker);
  }
  std::uint64_t lease(const std::string& queue, std::uint32_t timeout_ms = 0,
                      std::uint32_t count = 1, std::uint64_t asker = 1, std::uint64_t holder = 0) {
    auto request = request_of(proto::queue_op::lease, queue);
    request.timeout_ms = timeout_ms;
    request.count = count;
    request.holder = holder;
    return ask(std::move(request), asker);
  }
  /// Leases one item at once; it must be there.
  proto::leased_item take(const std::string& queue, std::uint64_t asker = 1,
                          std::uint64_t holder = 0) {
    return answers.at(lease(queue, 0, 1, asker, holder)).items.at(0);
  }
  proto::errc use(proto::queue_op op, const std::string& lease, std::uint32_t delay_ms = 0) {
    auto request = request_of(op, "");
    request.lease = lease;
    request.error = "it failed";
    request.delay_ms = delay_ms;
    return answers.at(ask(std::move(request))).code;
  }
  proto::errc ack(const std::string& lease) { return use(proto::queue_op::ack, lease); }
  std::uint64_t join(const std::string& queue, std::uint32_t timeout_ms) {
    auto request = request_of(proto::queue_op::join, queue);
    request.timeout_ms = timeout_ms;
    return ask(std::move(request));
  }
  proto::queue_stats stats(const std::string& queue) {
    return answers.at(ask(request_of(proto::queue_op::stats, queue))).stats.at(0);
  }
  std::vector<proto::dead_item> dead(const std::string& queue) {
    auto request = request_of(proto::queue_op::dead, queue);
    request.count = 100;
    return answers.at(ask(std::move(request))).dead;
  }

  /// Nothing when the request is not answered yet.
  std::optional<proto::errc> code(std::uint64_t request) const {
    auto found = answers.find(request);
    if (found == answers.end()) return std::nullopt;
    return found->second.code;
  }
  /// Of the items that a lease brought, in order.
  std::vector<std::string> bodies(std::uint64_t request) const {
    std::vector<std::string> out;
    for (const auto& item : answers.at(request).items)
      out.push_back(item.body);
    return out;
  }

  void gather() {
    for (auto& [asker, mail] : core.take(now)) {
      for (auto& answer : mail.answers) {
        order.push_back(answer.id);
        answers[answer.id] = std::move(answer);
      }
      for (auto& lease : mail.revoked)
        revoked[asker].push_back(std::move(lease));
    }
  }
};

} // namespace squall::tests
