#pragma once

#include "actors/queue/store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace squall::actors {

/// A store on a PostgreSQL server, and how to hear what others do there.
struct postgres_store {
  std::unique_ptr<store> items;
  std::unique_ptr<store_watch> watch;
  std::int64_t ahead_ms = 0; ///< of this host's clock is the server's, whose times are the store's
};

/// Opens the store in the database that `url` names (a URL or a string as libpq reads it), and
/// makes or updates its tables, in the schema `squall`. Any number of gateways use a database
/// together. When the server is gone later, turns fail until it is back; each tries to connect
/// again, but not sooner than a pause that grows to two seconds.
///
/// Throws `store_failure` with a text for people when there is no such server or database now, or
/// the tables are those of a newer version.
postgres_store open_postgres(const std::string& url);

} // namespace squall::actors
