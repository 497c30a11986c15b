#pragma once

#include "actors/queue/memory_store.hpp"
#include "actors/queue/postgres/postgres_store.hpp"
#include "actors/queue/sqlite/sqlite_store.hpp"
#include "tests/support/scratch_database.hpp"
#include "tests/support/scratch_folder.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

namespace squall::tests {

enum class store_kind { memory, sqlite, postgres };
inline constexpr std::array every_store{store_kind::memory, store_kind::sqlite,
                                        store_kind::postgres};

/// Where a test's store keeps what it has; gone at the end. It outlives the stores in it.
class store_home {
public:
  explicit store_home(store_kind kind) : kind_{kind} {
    if (kind == store_kind::sqlite) folder_.emplace();
    if (kind == store_kind::postgres) database_.emplace();
  }

  /// One after the other: each finds what was committed, but for one in memory, which is new.
  std::unique_ptr<actors::store> open(std::size_t max_bytes = 64 << 20) const {
    if (kind_ == store_kind::sqlite) return actors::make_sqlite_store(file());
    if (kind_ == store_kind::postgres) return actors::open_postgres(database_->url()).items;
    return actors::make_memory_store(max_bytes);
  }
  /// Of SQLite.
  std::filesystem::path file() const { return folder_->path() / "queues.db"; }
  /// Of PostgreSQL, where stores may also be open at once.
  const scratch_database& database() const { return *database_; }

private:
  store_kind kind_;
  std::optional<scratch_folder> folder_;
  std::optional<scratch_database> database_;
};

} // namespace squall::tests
