#pragma once

#include "actors/router_roster.hpp"
#include "proto/submission.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace squall::actors {

/// What a router has to send at the end of a turn.
struct router_mail {
  struct to_worker {
    std::uint64_t worker = 0;
    proto::call_batch batch;
  };
  struct to_bridge {
    std::uint8_t bridge = 0;
    proto::answer_batch batch;
  };

  std::vector<to_worker> calls;   ///< at most one a worker
  std::vector<to_bridge> answers; ///< at most one a bridge
  bool kinds_changed = false;     ///< every bridge is to be told of the kinds
};

/// Gathers what a router has to send in one turn. Not thread-safe.
class router_outbox {
public:
  /// This turn's batch for a worker; valid until the next call.
  proto::call_batch& to(router_worker& worker);
  /// Answers a call: to the bridge that made it.
  void answer(proto::result&& result);
  /// Passes on how far a call is: to the bridge that made it.
  void tell(proto::call_progress&& progress);
  void tell_kinds() noexcept { mail_.kinds_changed = true; }
  /// Ends the turn.
  router_mail take();

private:
  /// This turn's batch for the bridge that made a call.
  proto::answer_batch& for_bridge_of(std::uint64_t call);

  router_mail mail_;
  std::uint64_t turn_ = 1;
  std::array<std::uint32_t, 256> bridge_mail_{}; ///< position in `mail_.answers`, from 1; 0: none
  std::array<std::size_t, 256> expected_{};      ///< answers in the bridge's last batch
};

} // namespace squall::actors
