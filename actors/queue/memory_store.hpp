#pragma once

#include "actors/queue/store.hpp"

#include <cstddef>
#include <memory>

namespace squall::actors {

/// What a queue takes of its store's bound besides its name and its items: more than the queue
/// itself, because answers that list all queues grow with it, too.
inline constexpr std::size_t queue_overhead = 4'096;

/// A store in memory: nothing survives its process. Holds at most `max_bytes` of queues and
/// items: bodies, and what it keeps of each item and queue.
std::unique_ptr<store> make_memory_store(std::size_t max_bytes);

} // namespace squall::actors
