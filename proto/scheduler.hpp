#pragma once

#include "proto/interfaces.hpp"

namespace squall::proto {

/// Puts the repeated jobs of a gateway's queues when they are due.
/// - `queue_answers`: from the broker.
/// - `drain`: begin nothing more, finish what is begun.
/// - `tick`: from itself.
using scheduler_actor = caf::typed_actor<caf::reacts_to<queue_answers>,
                                         caf::replies_to<drain>::with<bool>, caf::reacts_to<tick>>;

} // namespace squall::proto
