#pragma once

#include "gateway/declare/declare_talk.hpp"
#include "gateway/declare/inbox.hpp"
#include "proto/interfaces.hpp"

#include <caf/fwd.hpp>

#include <atomic>
#include <memory>
#include <thread>

namespace squall::gateway {

/// Sees to it that the declared queues and schedules are there: at the start, and when others are
/// declared. Tries again while the store fails. Has a thread of its own, from construction to
/// destruction; the broker outlives it.
class declarer {
public:
  /// \param missing is set until all that was declared first is there
  declarer(caf::actor_system& system, proto::broker_port broker,
           std::shared_ptr<declaration_inbox> inbox, std::atomic<bool>& missing);

private:
  class work;

  std::jthread thread_;
};

} // namespace squall::gateway
