#include "actors/queue/sqlite/schema.hpp"

#include "actors/queue/store.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace squall::actors {
namespace {

/// "Sqll": says whose database it is (https://sqlite.org/pragma.html#pragma_application_id).
constexpr int application_id = 0x53716c6c;

/// Each brings the schema from the version of its place to the next. Append only.
///
/// Bodies stand apart, so that what happens to an item does not write them again. A ready item's
/// place among others is (`rank`, `id`). `due` is when something happens to an item by itself: the
/// end of a lease, of a pause, of what a job may take. States are those of `item_state`.
constexpr std::array migrations{
    R"sql(
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counters VALUES ('last_item', 0), ('last_death', 0);
CREATE TABLE queues (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  ordering INTEGER NOT NULL,
  maxsize INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  lease_ms INTEGER NOT NULL,
  backoff_ms INTEGER NOT NULL,
  backoff_cap_ms INTEGER NOT NULL,
  paused INTEGER NOT NULL,
  ready INTEGER NOT NULL DEFAULT 0,
  delayed INTEGER NOT NULL DEFAULT 0,
  leased INTEGER NOT NULL DEFAULT 0,
  dead INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  total_put INTEGER NOT NULL DEFAULT 0,
  total_leased INTEGER NOT NULL DEFAULT 0,
  total_acked INTEGER NOT NULL DEFAULT 0,
  total_nacked INTEGER NOT NULL DEFAULT 0,
  total_expired INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  queue INTEGER NOT NULL,
  state INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  put_at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  due INTEGER,
  lease_high INTEGER,
  lease_low INTEGER,
  death INTEGER
) STRICT;
CREATE INDEX ready ON items (queue, rank, id) WHERE state = 0;
CREATE INDEX due ON items (due) WHERE due IS NOT NULL;
CREATE INDEX dead ON items (queue, death) WHERE state = 3;
CREATE TABLE bodies (item INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE failures (
  item INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (item, attempt)
) STRICT, WITHOUT ROWID;
)sql",
    // Jobs are items, too, and have more in a table of their own, so that items that are none pay
    // nothing for them: `queue` and `rank` there are the item's, `ready` tells of its state. An
    // item's `bytes` are those of its body and its result. `unique_keys` has those of jobs that are
    // not ended.
    R"sql(
ALTER TABLE queues ADD COLUMN done INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN ready_jobs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN is_job INTEGER NOT NULL DEFAULT 0;
ALTER TABLE failures ADD COLUMN worker TEXT NOT NULL DEFAULT '';
DROP INDEX ready;
CREATE INDEX ready_plain ON items (queue, rank, id) WHERE state = 0 AND is_job = 0;
CREATE TABLE jobs (
  item INTEGER PRIMARY KEY,
  queue INTEGER NOT NULL,
  kind TEXT NOT NULL,
  rank INTEGER NOT NULL,
  ready INTEGER NOT NULL,
  random INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  timeout_ms INTEGER NOT NULL,
  result_ttl_ms INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  unique_key TEXT NOT NULL,
  started INTEGER NOT NULL DEFAULT 0,
  ended INTEGER NOT NULL DEFAULT 0,
  worker TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX ready_jobs ON jobs (queue, rank, item) WHERE ready = 1;
CREATE INDEX ready_kinds ON jobs (queue, kind, rank, item) WHERE ready = 1;
CREATE TABLE results (item INTEGER PRIMARY KEY, result TEXT NOT NULL) STRICT;
CREATE TABLE job_keys (
  key TEXT PRIMARY KEY,
  item INTEGER NOT NULL,
  fingerprint INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE unique_keys (
  queue INTEGER NOT NULL,
  key TEXT NOT NULL,
  item INTEGER NOT NULL,
  PRIMARY KEY (queue, key)
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
ALTER TABLE queues ADD COLUMN max_running INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN rate_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN rate_ms INTEGER NOT NULL DEFAULT 1000;
)sql",
    R"sql(
ALTER TABLE jobs ADD COLUMN changes INTEGER NOT NULL DEFAULT 1;
ALTER TABLE jobs ADD COLUMN progress TEXT NOT NULL DEFAULT '';
)sql",
};

/// Nobody but its owner may read what users put.
void make_private_file(const std::filesystem::path& file) {
  const auto made = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0)
    throw store_failure{"cannot open " + file.string() + ": " +
                        std::generic_category().message(errno)};
  ::close(made);
}

int number(SQLite::Database& database, const std::string& pragma) {
  return database.execAndGet("PRAGMA " + pragma).getInt();
}

void migrate(SQLite::Database& database, const std::filesystem::path& file) {
  SQLite::Transaction change{database, SQLite::TransactionBehavior::IMMEDIATE};
  const auto version = static_cast<std::size_t>(number(database, "user_version"));
  const auto is_empty =
      database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0 && version == 0;
  if (!is_empty && number(database, "application_id") != application_id)
    throw store_failure{file.string() + " is a database of another program"};
  if (version > migrations.size())
    throw store_failure{file.string() + " was written by a newer version of squall (schema " +
                        std::to_string(version) + "; this one knows " +
                        std::to_string(migrations.size()) +
                        "): run that version, or name another file with --store"};
  if (version == migrations.size()) return;
  for (auto each = version; each < migrations.size(); ++each)
    database.exec(migrations[each]);
  database.exec("PRAGMA application_id = " + std::to_string(application_id));
  database.exec("PRAGMA user_version = " + std::to_string(migrations.size()));
  change.commit();
}

} // namespace

SQLite::Database open_database(const std::filesystem::path& file) {
  // Nobody asks SQLite how much memory it has, and counting takes it a lock with every allocation.
  static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(uncounted);
  make_private_file(file);
  constexpr int others_ms = 5'000; // somebody makes a back-up
  try {
    SQLite::Database database{file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX,
                              others_ms};
    migrate(database, file); // first: it says best what is wrong with a file
    const std::string mode = database.execAndGet("PRAGMA journal_mode = WAL").getText();
    if (mode != "wal")
      throw store_failure{file.string() + " cannot be written safely where it is (SQLite's WAL "
                                          "needs a local file system)"};
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA cache_size = -16384");
    database.exec("PRAGMA journal_size_limit = 67108864");
    database.exec("PRAGMA temp_store = MEMORY");
    return database;
  } catch (const SQLite::Exception& error) {
    throw store_failure{"cannot use " + file.string() + " as a store: " + error.what()};
  }
}

} // namespace squall::actors
