// What is done with all items of a queue, and asked of all.
#include "actors/queue/postgres/tables.hpp"

namespace squall::actors::postgres {
namespace {

const query select_oldest{
    "oldest", "SELECT min((SELECT put_at FROM items i WHERE i.queue = $1 AND state = 0 AND "
              "i.rank = r ORDER BY rank, id LIMIT 1)) FROM generate_series(0, 9) AS r"};
const query select_oldest_lifo{"oldest_lifo",
                               "SELECT put_at FROM items WHERE queue = $1 AND state = 0 ORDER BY "
                               "rank DESC, id DESC LIMIT 1"};
/// In one statement, so that it takes the keys of those that go and of no others: some may be
/// handed out by another gateway meanwhile.
const query erase_queue_items{
    "erase_queue_items",
    "WITH gone AS (DELETE FROM items WHERE queue = $1 AND ($2::int >> state) & 1 = 1 RETURNING id, "
    "state, bytes, kind, idempotency_key), "
    "keys AS (DELETE FROM job_keys k USING gone WHERE gone.idempotency_key <> '' AND "
    "k.key = gone.idempotency_key AND k.item = gone.id), "
    "failed AS (DELETE FROM failures f USING gone WHERE f.item = gone.id) "
    "SELECT state, count(*), sum(bytes), count(*) FILTER (WHERE state = 0 AND kind <> '') FROM "
    "gone GROUP BY state"};
const query select_shared_ready{
    "shared_ready",
    "SELECT name FROM queues q WHERE (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
    "AND classid = 1399940205 AND database = (SELECT oid FROM pg_database WHERE "
    "datname = current_database())) > 1 AND (SELECT sum(ready) FROM books b WHERE b.queue = q.id) "
    "> 0"};

} // namespace

std::vector<std::string> tables::shared_ready() {
  std::vector<std::string> out;
  through_.fetch(
      [&out](const rows& from) {
        for (int row = 0; row < from.size(); ++row)
          out.emplace_back(from.text(row, 0));
      },
      select_shared_ready);
  return out;
}

erased tables::erase_all(const stored_queue& queue, std::uint32_t states) {
  erased out;
  items_.flush();
  through_.fetch(
      [&out](const rows& from) {
        for (int row = 0; row < from.size(); ++row) {
          out.items.at(from.number(row, 0)) = from.number(row, 1);
          out.bytes += from.number(row, 2);
          out.ready_jobs += from.number(row, 3);
        }
      },
      erase_queue_items, queue.id, states);
  items_.forget();
  unique_.clear();
  asked_unique_.clear();
  keys_.clear();
  news_.all = true; // their jobs are gone
  return out;
}

std::vector<proto::dead_item> tables::dead(const stored_queue& queue, std::uint32_t most) {
  items_.flush();
  return jobs_.dead(queue.id, most);
}

std::optional<unix_ms> tables::oldest(const stored_queue& queue) {
  std::optional<unix_ms> out;
  const bool lifo = queue.settings.order == proto::queue_order::lifo;
  through_.fetch(
      [&out](const rows& from) {
        if (from.size() > 0 && !from.text(0, 0).empty()) out = from.number(0, 0);
      },
      lifo ? select_oldest_lifo : select_oldest, queue.id);
  return out;
}

void tables::list(const proto::job_filter& which, actors::view& out) {
  jobs_.list(which, which.queue.empty() ? nullptr : queues_.find(which.queue), out);
}

} // namespace squall::actors::postgres
