#pragma once

#include "actors/queue/store.hpp"

#include <filesystem>
#include <memory>

namespace squall::actors {

/// A store in a SQLite file, which is made when it is not there. What was committed survives the
/// process and the machine's power cut. The file belongs to this store alone while it lives. Of
/// items it keeps nothing in memory, of queues only what it counts.
///
/// Throws `store_failure` with a text for people when the file cannot be had.
std::unique_ptr<store> make_sqlite_store(const std::filesystem::path& file);

} // namespace squall::actors
