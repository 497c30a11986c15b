// What a SQLite store keeps of jobs when it is closed, and what it makes of files without jobs.
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <SQLiteCpp/Database.h>

#include <string>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::settling;
using strings = std::vector<std::string>;
using numbers = std::vector<std::uint64_t>;
using ids = std::vector<proto::job_id>;

namespace {

/// Version 1 of the schema, as it was.
constexpr auto version_1 = R"sql(
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE queues (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, ordering INTEGER NOT NULL,
  maxsize INTEGER NOT NULL, max_attempts INTEGER NOT NULL, lease_ms INTEGER NOT NULL,
  backoff_ms INTEGER NOT NULL, backoff_cap_ms INTEGER NOT NULL, paused INTEGER NOT NULL,
  ready INTEGER NOT NULL DEFAULT 0, delayed INTEGER NOT NULL DEFAULT 0,
  leased INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0, total_put INTEGER NOT NULL DEFAULT 0,
  total_leased INTEGER NOT NULL DEFAULT 0, total_acked INTEGER NOT NULL DEFAULT 0,
  total_nacked INTEGER NOT NULL DEFAULT 0, total_expired INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE items (
  id INTEGER PRIMARY KEY, queue INTEGER NOT NULL, state INTEGER NOT NULL,
  priority INTEGER NOT NULL, rank INTEGER NOT NULL, attempt INTEGER NOT NULL,
  put_at INTEGER NOT NULL, bytes INTEGER NOT NULL, due INTEGER, lease_high INTEGER,
  lease_low INTEGER, death INTEGER
) STRICT;
CREATE INDEX ready ON items (queue, rank, id) WHERE state = 0;
CREATE INDEX due ON items (due) WHERE due IS NOT NULL;
CREATE INDEX dead ON items (queue, death) WHERE state = 3;
CREATE TABLE bodies (item INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE failures (
  item INTEGER NOT NULL, attempt INTEGER NOT NULL, at INTEGER NOT NULL, error TEXT NOT NULL,
  PRIMARY KEY (item, attempt)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = 0x53716c6c;
PRAGMA user_version = 1;
)sql";

/// A queue "q" by priority: two ready items, one leased, one pausing, one dead.
constexpr auto items_of_version_1 = R"sql(
INSERT INTO counters VALUES ('last_item', 5), ('last_death', 1);
INSERT INTO queues VALUES (1, 'q', 2, 0, 5, 30000, 1000, 60000, 0, 2, 1, 1, 1, 15, 9, 8, 4, 3, 1);
INSERT INTO items VALUES
  (1, 1, 0, 5, 4, 0, 4000, 3, NULL, NULL, NULL, NULL),
  (2, 1, 2, 5, 4, 1, 4000, 3, 9000, 1, 2, NULL),
  (3, 1, 1, 5, 4, 1, 4000, 3, 6000, NULL, NULL, NULL),
  (4, 1, 3, 5, 4, 5, 4000, 3, NULL, NULL, NULL, 1),
  (5, 1, 0, 9, 0, 0, 4500, 3, NULL, NULL, NULL, NULL);
INSERT INTO bodies VALUES (1, 'one'), (2, 'two'), (3, 'thr'), (4, 'fou'), (5, 'fiv');
INSERT INTO failures VALUES (4, 5, 4700, 'it broke');
)sql";

proto::job_options prime() {
  proto::job_options out;
  out.kind = "prime";
  return out;
}

} // namespace

TEST_CASE("a file of the version without jobs is brought to this one with all that is in it") {
  shelf s{store_kind::sqlite};
  s.items.reset();
  for (const auto* ending : {"", "-wal", "-shm"})
    std::filesystem::remove(s.file().string() + ending);
  {
    SQLite::Database old{s.file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    old.exec(version_1);
    old.exec(items_of_version_1);
  }
  s.items = actors::make_sqlite_store(s.file());
  const auto stats = s.stats();
  CHECK(stats.ready == 2);
  CHECK(stats.unfinished == 4);
  CHECK(stats.dead == 1);
  CHECK(stats.done == 0);
  CHECK(stats.bytes == 15);
  CHECK(stats.total_put == 9);
  CHECK(stats.oldest_ms == 1'000);
  CHECK(s.dead() == std::vector<proto::dead_item>{{4, "fou", 5, {{5, 4'700, "it broke", ""}}}});
  CHECK(s.list({}).jobs.empty());
  CHECK(s.bodies() == strings{"fiv", "one"});
  s.now = 6'000;
  CHECK(s.items->expire(s.now).next == 9'000);
  CHECK(s.bodies() == strings{"thr"});
  CHECK(s.use(settling::ack, "00000000000000010000000000000002-2"));
  CHECK(s.revive({4}) == numbers{4});
  const auto job = s.put_job(prime());
  CHECK(proto::item_of(job.id) == 6);
  s.reopen();
  CHECK(s.lease(2).at(1).job == job.id);
}

TEST_CASE("jobs are there again with their keys, times, results and failures") {
  shelf s{store_kind::sqlite};
  auto options = prime();
  options.idempotency_key = "k";
  options.unique_key = "u";
  options.fingerprint = ~std::uint64_t{0};
  options.max_attempts = 7;
  options.timeout_ms = 8;
  const auto done = s.put_job(options);
  s.nack(s.lease(1).at(0).lease);
  s.ack(s.lease(1).at(0).lease, "true");
  options.idempotency_key.clear();
  const auto leased = s.put_job(options);
  const auto lease = s.lease(1).at(0);
  auto plain = prime();
  plain.ttl_ms = 100;
  const auto ready = s.put_job(plain);
  const auto delayed = s.put_job(plain, 50);
  const auto cancelled = s.put_job(prime());
  s.cancel(cancelled.id);
  s.put({"item"});
  const auto before = s.list({}).jobs;
  auto stats = s.stats();
  s.reopen();
  CHECK(s.list({}).jobs == before);
  stats.put_rate = stats.ack_rate = 0;
  CHECK(s.stats() == stats);
  CHECK(s.job(done.id)->result == "true");
  CHECK(s.job(done.id)->attempts.size() == 1);
  CHECK(s.put_job(options).id == leased.id);
  options.idempotency_key = "k";
  CHECK(s.put_job(options).id == done.id);
  CHECK(s.ack(lease.lease, "1")->job == leased.id);
  s.now += 50;
  CHECK(s.items->expire(s.now).next == s.now + 50);
  CHECK(s.lease_kinds({"prime"}, 1).at(0).job == ready.id);
  s.now += 50;
  CHECK(s.items->expire(s.now).ended == ids{delayed.id});
  CHECK(s.bodies() == strings{"item"});
}

TEST_CASE("nothing is left in a file of jobs that are forgotten") {
  shelf s{store_kind::sqlite};
  auto options = prime();
  options.idempotency_key = "k";
  options.unique_key = "u";
  options.ttl_ms = 10;
  s.put_job(options);
  const auto dies = s.lease(1).at(0);
  s.nack(dies.lease, true);
  SECTION("that were done") {
    s.revive({dies.id});
    s.ack(s.lease(1).at(0).lease, "1");
    s.now += 86'400'000;
    s.items->expire(s.now);
  }
  SECTION("that were dead and purged") {
    s.items->remove("q", actors::removal::dead);
  }
  SECTION("that waited and were purged") {
    s.revive({dies.id});
    s.items->remove("q", actors::removal::waiting);
  }
  SECTION("that went with their queue") {
    s.revive({dies.id});
    s.ack(s.lease(1).at(0).lease, "1");
    s.remove("q");
  }
  s.items->commit();
  s.items.reset();
  SQLite::Database file{s.file().string()};
  for (const std::string table :
       {"items", "bodies", "failures", "jobs", "results", "job_keys", "unique_keys"}) {
    CAPTURE(table);
    CHECK(file.execAndGet("SELECT count(*) FROM " + table).getInt() == 0);
  }
}

TEST_CASE("a purge of the dead leaves their living namesakes' keys alone") {
  shelf s{store_kind::sqlite};
  auto options = prime();
  options.unique_key = "u";
  s.put_job(options);
  s.nack(s.lease(1).at(0).lease, true);
  const auto alive = s.put_job(options);
  s.items->remove("q", actors::removal::dead);
  CHECK(s.put_job(options).id == alive.id);
}
