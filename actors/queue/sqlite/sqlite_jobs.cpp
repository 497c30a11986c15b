#include "actors/queue/sqlite/sqlite_jobs.hpp"

#include "actors/queue/job_rules.hpp"

namespace squall::actors {
namespace {

/// Items of jobs in queue ?1 whose state is one of ?2.
const std::string these_jobs =
    "(SELECT id FROM items WHERE queue = ?1 AND (?2 >> state) & 1 AND is_job = 1)";

} // namespace

sqlite_jobs::sqlite_jobs(SQLite::Database& database)
    : insert_{database, "INSERT INTO jobs (item, queue, kind, rank, ready, random, max_attempts, "
                        "timeout_ms, result_ttl_ms, expires, idempotency_key, unique_key) VALUES "
                        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      find_{database, "SELECT random, max_attempts, timeout_ms, result_ttl_ms, expires, "
                      "idempotency_key, unique_key, started, ended, worker, kind, changes, "
                      "progress FROM jobs WHERE "
                      "item = ?"},
      update_{database, "UPDATE jobs SET expires = ?2, started = ?3, ended = ?4, worker = ?5, "
                        "ready = ?6, changes = ?7, progress = ?8 WHERE item = ?1"},
      begin_{database, "UPDATE jobs SET started = ?2, worker = '', ready = 0, changes = "
                       "changes + 1, progress = '' WHERE item = ?1"},
      erase_{database, "DELETE FROM jobs WHERE item = ?"},
      insert_result_{database, "INSERT INTO results VALUES (?, ?)"},
      erase_result_{database, "DELETE FROM results WHERE item = ?"},
      insert_key_{database, "REPLACE INTO job_keys VALUES (?, ?, ?, ?)"},
      find_key_{database, "SELECT item, fingerprint FROM job_keys WHERE key = ? AND until > ?"},
      erase_key_{database, "DELETE FROM job_keys WHERE key = ? AND item = ?"},
      insert_unique_{database, "INSERT INTO unique_keys VALUES (?, ?, ?)"},
      find_unique_{database, "SELECT item FROM unique_keys WHERE queue = ? AND key = ?"},
      erase_unique_{database, "DELETE FROM unique_keys WHERE queue = ? AND key = ? AND item = ?"},
      reorder_{database, "UPDATE jobs SET rank = (SELECT rank FROM items WHERE id = item) WHERE "
                         "queue = ?"},
      any_{database, "SELECT 1 FROM jobs LIMIT 1"},
      erase_all_keys_{database, "DELETE FROM job_keys WHERE (key, item) IN (SELECT "
                                "idempotency_key, item FROM jobs WHERE idempotency_key <> '' AND "
                                "item IN " +
                                    these_jobs + ")"},
      erase_all_unique_{database,
                        "DELETE FROM unique_keys WHERE queue = ?1 AND item IN " + these_jobs},
      erase_all_results_{database, "DELETE FROM results WHERE item IN " + these_jobs},
      erase_all_{database, "DELETE FROM jobs WHERE item IN " + these_jobs} {}

void sqlite_jobs::add(const sqlite_place& place, const stored_job& job, std::uint64_t fingerprint,
                      unix_ms now) {
  insert_.run(place.item, place.queue, job.kind, place.rank, place.ready, job.random,
              job.max_attempts, job.timeout_ms, job.result_ttl_ms, job.expires, job.idempotency_key,
              job.unique_key);
  if (!job.idempotency_key.empty())
    insert_key_.run(job.idempotency_key, place.item, fingerprint, now + job_key_ms);
}

stored_job sqlite_jobs::find(std::uint64_t item) {
  find_.begin(item);
  if (!find_.next()) throw store_failure{"a job is not whole in its store"};
  stored_job out;
  out.random = find_.number(0);
  out.max_attempts = static_cast<std::uint32_t>(find_.number(1));
  out.timeout_ms = static_cast<std::uint32_t>(find_.number(2));
  out.result_ttl_ms = find_.number(3);
  out.expires = find_.number(4);
  out.idempotency_key = find_.text(5);
  out.unique_key = find_.text(6);
  out.started = find_.number(7);
  out.ended = find_.number(8);
  out.worker = find_.text(9);
  out.kind = find_.text(10);
  out.changes = find_.number(11);
  out.progress = find_.text(12);
  find_.end();
  return out;
}

void sqlite_jobs::update(std::uint64_t item, const stored_job& job, bool ready) {
  update_.run(item, job.expires, job.started, job.ended, job.worker, ready, job.changes,
              job.progress);
}

void sqlite_jobs::begin(std::uint64_t item, unix_ms now) {
  begin_.run(item, now);
}

void sqlite_jobs::set_result(std::uint64_t item, const std::string& result) {
  insert_result_.run(item, result);
}

void sqlite_jobs::erase(std::uint64_t item, std::uint64_t queue, const stored_job& job) {
  erase_.run(item);
  erase_result_.run(item);
  if (!job.idempotency_key.empty()) erase_key_.run(job.idempotency_key, item);
  free_unique(queue, job.unique_key, item);
}

std::optional<keyed_job> sqlite_jobs::with_key(const std::string& key, unix_ms now) {
  find_key_.begin(key, now);
  if (!find_key_.next()) return std::nullopt;
  const keyed_job out{find_key_.number(0), find_key_.number(1)};
  find_key_.end();
  return out;
}

std::optional<std::uint64_t> sqlite_jobs::unique(std::uint64_t queue, const std::string& key) {
  find_unique_.begin(queue, key);
  if (!find_unique_.next()) return std::nullopt;
  const auto out = find_unique_.number(0);
  find_unique_.end();
  return out;
}

void sqlite_jobs::take_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) {
  if (!key.empty()) insert_unique_.run(queue, key, item);
}

void sqlite_jobs::free_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) {
  if (!key.empty()) erase_unique_.run(queue, key, item);
}

void sqlite_jobs::reorder(std::uint64_t queue) {
  reorder_.run(queue);
}

bool sqlite_jobs::any() {
  any_.begin();
  const bool out = any_.next();
  any_.end();
  return out;
}

void sqlite_jobs::erase_all(std::uint64_t queue, std::uint32_t states) {
  if (!any()) return; // each of these goes along all items
  erase_all_keys_.run(queue, states);
  erase_all_unique_.run(queue, states);
  erase_all_results_.run(queue, states);
  erase_all_.run(queue, states);
}

} // namespace squall::actors
