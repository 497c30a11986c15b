#pragma once

#include "actors/queue/broker.hpp"
#include "proto/system_config.hpp"
#include "tests/actors/queue/broker_rig.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace squall::tests {

/// A broker in an actor system of its own, with a queue "q". Scoped actors stand for its askers.
class running_broker {
public:
  static constexpr std::chrono::seconds patience{20};

  explicit running_broker(bool blocking)
      : running_broker{options_of(actors::make_memory_store(1 << 20), blocking)} {}
  explicit running_broker(actors::broker_options options)
      : broker{actors::broker(system, std::move(options))} {
    auto define = request_of(proto::queue_op::define, "q");
    CHECK(ask(asker, define).created);
  }
  ~running_broker() { end(); }
  running_broker(const running_broker&) = delete;
  running_broker& operator=(const running_broker&) = delete;

  static actors::broker_options options_of(std::unique_ptr<actors::store> items, bool blocking) {
    actors::broker_options out;
    out.items = std::move(items);
    out.blocking = blocking;
    return out;
  }

  void end() const { caf::anon_send_exit(broker, caf::exit_reason::user_shutdown); }

  /// Gives the number of the request.
  std::uint64_t send(caf::scoped_actor& from, proto::queue_request request) {
    request.id = ++last;
    proto::queue_batch batch;
    batch.requests.push_back(std::move(request));
    from->send(broker, std::move(batch));
    return last;
  }

  proto::queue_answer next(caf::scoped_actor& at) const {
    proto::queue_answer out;
    at->receive(
        [&](proto::queue_answers& batch) {
          CHECK(at->current_sender() == broker);
          CHECK(batch.answers.size() == 1);
          out = std::move(batch.answers.at(0));
        },
        caf::after(patience) >> [] { FAIL("no answer"); });
    return out;
  }

  proto::queue_answer ask(caf::scoped_actor& from, proto::queue_request request) {
    const auto id = send(from, std::move(request));
    auto out = next(from);
    CHECK(out.id == id);
    return out;
  }

  static proto::queue_request put_of(const std::string& body) {
    auto out = request_of(proto::queue_op::put, "q");
    out.items = items_of({body});
    return out;
  }
  proto::queue_answer put(caf::scoped_actor& from, const std::string& body) {
    return ask(from, put_of(body));
  }

  static proto::queue_request lease(std::uint32_t timeout_ms, std::uint32_t lease_ms = 0) {
    auto out = request_of(proto::queue_op::lease, "q");
    out.timeout_ms = timeout_ms;
    out.lease_ms = lease_ms;
    return out;
  }

  proto::system_config config{{}};
  caf::actor_system system{config};
  proto::broker_actor broker;
  caf::scoped_actor asker{system};
  std::uint64_t last = 0;
};

} // namespace squall::tests
