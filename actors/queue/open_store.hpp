#pragma once

#include "actors/queue/store.hpp"
#include "actors/queue/store_place.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace squall::actors {

/// A store, ready for its broker.
struct opened_store {
  std::unique_ptr<store> items;
  bool durable = false;                 ///< survives its process; its operations wait for a disk
  std::string about;                    ///< for the log: where it is, and what is in there
  std::unique_ptr<store_watch> watch{}; ///< of one that others share
  std::int64_t ahead_ms = 0;            ///< of this host's clock is the store's, and its times
};

/// Opens the store at `place`: a file that is not there is made, its directory is not.
/// `memory_bytes` bounds a store in memory. Throws `store_failure` with a text for people. May wait
/// for a disk.
opened_store open_store(const store_place& place, std::size_t memory_bytes);

} // namespace squall::actors
