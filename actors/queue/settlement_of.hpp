#pragma once

#include "actors/queue/held_leases.hpp"
#include "proto/call.hpp"

#include <cstddef>

namespace squall::actors {

/// Most bytes of a job's result that is kept, unless told otherwise.
inline constexpr std::size_t default_result_bytes = 1 << 20;

/// What is asked of a broker when the call that was made of an item has ended; the request's id and
/// worker are the caller's. A result acks, and is kept when the item is a job. An error is a failed
/// attempt, the last one where another could not do better; the next one comes behind the queue's
/// pause, but at once when nothing but the worker was to blame. Moves from both.
proto::queue_request settlement_of(held_lease& item, proto::result& result,
                                   std::size_t most_result_bytes);

} // namespace squall::actors
