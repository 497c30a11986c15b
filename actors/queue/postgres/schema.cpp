#include "actors/queue/postgres/schema.hpp"

#include "actors/queue/postgres/connection.hpp"
#include "actors/queue/store.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace squall::actors::postgres {
namespace {

/// Each brings the schema from the version of its place to the next. Append only.
///
/// The same idea as in SQLite (sqlite/schema.cpp), but for this: what makes an item a job stands
/// with it, for PostgreSQL keeps long texts apart by itself; and what is counted of a queue are the
/// sums of what each gateway (`writer`) counted, so that none waits for another's rows.
constexpr std::array migrations{
    R"sql(
CREATE SEQUENCE item_numbers;
CREATE SEQUENCE deaths;
CREATE TABLE queues (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  ordering int NOT NULL,
  maxsize bigint NOT NULL,
  max_attempts bigint NOT NULL,
  lease_ms bigint NOT NULL,
  backoff_ms bigint NOT NULL,
  backoff_cap_ms bigint NOT NULL,
  paused bigint NOT NULL,
  max_running bigint NOT NULL,
  rate_count bigint NOT NULL,
  rate_ms bigint NOT NULL,
  bucket_count bigint NOT NULL DEFAULT 0,
  bucket_item bigint NOT NULL DEFAULT 1,
  bucket_level bigint NOT NULL DEFAULT 0,
  bucket_since bigint NOT NULL DEFAULT 0
);
CREATE TABLE books (
  queue bigint NOT NULL,
  writer int NOT NULL,
  ready bigint NOT NULL,
  delayed bigint NOT NULL,
  leased bigint NOT NULL,
  dead bigint NOT NULL,
  done bigint NOT NULL,
  cancelled bigint NOT NULL,
  ready_jobs bigint NOT NULL,
  bytes bigint NOT NULL,
  total_put bigint NOT NULL,
  total_leased bigint NOT NULL,
  total_acked bigint NOT NULL,
  total_nacked bigint NOT NULL,
  total_expired bigint NOT NULL,
  put_rate float8 NOT NULL,
  ack_rate float8 NOT NULL,
  rates_at bigint NOT NULL,
  PRIMARY KEY (queue, writer)
) WITH (fillfactor = 20);
CREATE TABLE items (
  id bigint PRIMARY KEY,
  queue bigint NOT NULL,
  state int NOT NULL,
  priority int NOT NULL,
  rank bigint NOT NULL,
  attempt bigint NOT NULL DEFAULT 0,
  put_at bigint NOT NULL,
  bytes bigint NOT NULL,
  due bigint,
  lease_high bigint NOT NULL DEFAULT 0,
  lease_low bigint NOT NULL DEFAULT 0,
  death bigint NOT NULL DEFAULT 0,
  kind text NOT NULL,
  random bigint NOT NULL,
  max_attempts bigint NOT NULL,
  timeout_ms bigint NOT NULL,
  result_ttl_ms bigint NOT NULL,
  expires bigint NOT NULL,
  idempotency_key text NOT NULL,
  unique_key text NOT NULL,
  started bigint NOT NULL DEFAULT 0,
  ended bigint NOT NULL DEFAULT 0,
  changes bigint NOT NULL DEFAULT 1,
  worker text NOT NULL DEFAULT '',
  progress text NOT NULL DEFAULT '',
  body text NOT NULL,
  result text NOT NULL DEFAULT ''
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX ready ON items (queue, rank, id) WHERE state = 0;
CREATE INDEX ready_kinds ON items (queue, kind, rank, id) WHERE state = 0;
CREATE INDEX due ON items (due) WHERE due IS NOT NULL;
CREATE INDEX dead ON items (queue, death) WHERE state = 3;
CREATE INDEX jobs ON items (id) WHERE kind <> '';
CREATE UNIQUE INDEX unique_keys ON items (queue, unique_key) WHERE unique_key <> '' AND state < 3;
CREATE TABLE failures (
  item bigint NOT NULL,
  attempt bigint NOT NULL,
  at bigint NOT NULL,
  error text NOT NULL,
  worker text NOT NULL,
  PRIMARY KEY (item, attempt)
);
CREATE TABLE job_keys (
  key text PRIMARY KEY,
  item bigint NOT NULL,
  fingerprint bigint NOT NULL,
  until bigint NOT NULL
);
)sql",
};

} // namespace

const std::string session_script = R"sql(
SET search_path = squall;
SET enable_seqscan = off; SET enable_bitmapscan = off;
SET enable_hashjoin = off; SET enable_mergejoin = off;
SET plan_cache_mode = force_generic_plan; SET jit = off;
SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '15s';
SET default_transaction_isolation = 'read committed';
SELECT set_config('synchronous_commit', 'on', false)
  WHERE current_setting('synchronous_commit') = 'off';
)sql";

void migrate(const std::string& url) {
  const auto database = open_link(url);
  const auto run = [&database](const std::string& text) { return postgres::run(*database, text); };
  // A gateway that is stopped in here must not hold up the others.
  run("SET idle_in_transaction_session_timeout = '15s'");
  run("BEGIN ISOLATION LEVEL READ COMMITTED");
  run("SELECT pg_advisory_xact_lock(1399940204, 2)");
  if (run("SELECT to_regnamespace('squall')").text(0, 0).empty()) run("CREATE SCHEMA squall");
  run("SET LOCAL search_path = squall");
  std::size_t version = 0;
  if (!run("SELECT to_regclass('squall.meta')").text(0, 0).empty())
    version = run("SELECT version FROM meta").number(0, 0);
  else
    run("CREATE TABLE meta (version int NOT NULL); INSERT INTO meta VALUES (0)");
  if (version > migrations.size())
    throw store_failure{"it was written by a newer version of squall (schema " +
                        std::to_string(version) + "; this one knows " +
                        std::to_string(migrations.size()) +
                        "): run that version, or name another database with --store"};
  for (auto each = version; each < migrations.size(); ++each)
    postgres::run(*database, migrations[each], std::chrono::hours{1});
  if (version < migrations.size())
    run("UPDATE meta SET version = " + std::to_string(migrations.size()));
  run("COMMIT");
}

} // namespace squall::actors::postgres
