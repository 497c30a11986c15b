#pragma once

#include <SQLiteCpp/Database.h>

#include <filesystem>

namespace squall::actors {

/// Opens the database of a SQLite store, or makes it, and brings its schema to this version. Every
/// commit is on the disk when it returns (WAL, `synchronous=FULL`: https://sqlite.org/wal.html).
/// Throws `store_failure` for a file that is no database, that belongs to another program, or
/// whose schema is newer than this version's.
SQLite::Database open_database(const std::filesystem::path& file);

} // namespace squall::actors
