#pragma once

#include "gateway/dispatcher.hpp"
#include "gateway/queue/queue_port.hpp"
#include "proto/messages.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>

namespace squall::gateway {

/// The way of one io thread to the router, to the broker and back: a CAF actor that lives on the io
/// thread. What sessions submit in one turn of the event loop goes out as one message to each; what
/// they answer is posted to the io thread. The one place where Asio's threads and CAF's meet.
class bridge final : public dispatcher {
public:
  /// How the bridge gets work onto its io thread.
  struct loop {
    /// Runs it there, in a later turn. Thread-safe.
    std::function<void(std::function<void()>)> post;
    /// Runs it there as one turn, at whose end everything written is sent.
    std::function<void(const std::function<void()>&)> turn;
  };

  bridge(caf::actor_system& system, proto::router_actor router, proto::broker_port broker,
         loop loop);
  ~bridge() override;
  bridge(const bridge&) = delete;
  bridge& operator=(const bridge&) = delete;

  /// Introduces itself to the router; waits for the answer, so not on the io thread. False when
  /// the router takes no more bridges.
  bool attach();
  /// From now on `draining` says so. Io thread.
  void begin_drain() noexcept { draining_ = true; }
  /// Leaves router and broker; nothing is posted any more once it has returned. Any thread.
  void detach();

  ticket submit(call_request request, answer_sink& sink, std::uint64_t tag) override;
  void cancel(ticket call) override;
  ticket inspect(renderer render, answer_sink& sink, std::uint64_t tag) override;
  const proto::kinds_changed& kinds() const noexcept override;
  bool draining() const noexcept override { return draining_; }
  /// The way to the queues. Io thread.
  queue_port& queues() noexcept;

private:
  class impl;
  std::shared_ptr<impl> impl_; ///< shared with what is posted to the io thread
  bool draining_ = false;
};

} // namespace squall::gateway
