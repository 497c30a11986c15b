#pragma once

#include "actors/queue/store.hpp"

#include <cstddef>
#include <memory>

namespace squall::actors {

/// A store in memory: nothing survives its process. Holds at most `max_bytes` of items, bodies and
/// what it keeps of each together.
std::unique_ptr<store> make_memory_store(std::size_t max_bytes);

} // namespace squall::actors
