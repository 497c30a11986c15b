#include "actors/queue/postgres/item_rows.hpp"

#include "actors/queue/failures.hpp"
#include "actors/queue/job_rules.hpp"

#include <utility>

namespace squall::actors::postgres {

namespace {

const query select_items{"items", "SELECT " + item_columns +
                                      " FROM items i WHERE id = ANY($1::bigint[]) ORDER BY id "
                                      "FOR UPDATE"};
const query insert_items{
    "insert_items",
    "INSERT INTO items (id, queue, state, priority, rank, put_at, bytes, due, kind, random, "
    "max_attempts, timeout_ms, result_ttl_ms, expires, idempotency_key, unique_key, body) "
    "SELECT id, queue, state, priority, rank, put_at, bytes, nullif(due, 0), kind, random, "
    "max_attempts, timeout_ms, result_ttl_ms, expires, idempotency_key, unique_key, body FROM "
    "unnest($1::bigint[], $2::bigint[], $3::int[], $4::int[], $5::bigint[], $6::bigint[], "
    "$7::bigint[], $8::bigint[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], "
    "$13::bigint[], $14::bigint[], $15::text[], $16::text[], $17::text[]) AS new (id, queue, "
    "state, priority, rank, put_at, bytes, due, kind, random, max_attempts, timeout_ms, "
    "result_ttl_ms, expires, idempotency_key, unique_key, body)"};
const query update_items{
    "update_items",
    "UPDATE items i SET state = n.state, attempt = n.attempt, bytes = n.bytes, "
    "due = nullif(n.due, 0), lease_high = n.lease_high, lease_low = n.lease_low, "
    "death = n.death, expires = n.expires, started = n.started, ended = n.ended, "
    "changes = n.changes, worker = n.worker, progress = n.progress FROM unnest($1::bigint[], "
    "$2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], "
    "$8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], "
    "$14::text[]) AS n (id, state, attempt, bytes, due, lease_high, lease_low, death, expires, "
    "started, ended, changes, worker, progress) WHERE i.id = n.id"};
const query finish_items{
    "finish_items",
    "UPDATE items i SET state = n.state, attempt = n.attempt, bytes = n.bytes, "
    "due = nullif(n.due, 0), started = n.started, ended = n.ended, changes = n.changes, "
    "worker = n.worker, progress = n.progress, result = n.result FROM unnest($1::bigint[], "
    "$2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], "
    "$8::bigint[], $9::text[], $10::text[], $11::text[]) AS n (id, state, attempt, bytes, due, "
    "started, ended, changes, worker, progress, result) WHERE i.id = n.id"};
const query erase_items{"erase_items", "DELETE FROM items WHERE id = ANY($1::bigint[])"};
const query insert_keys_{
    "insert_keys", "INSERT INTO job_keys SELECT * FROM unnest($1::text[], $2::bigint[], "
                   "$3::bigint[], $4::bigint[]) ON CONFLICT (key) DO UPDATE SET item = "
                   "EXCLUDED.item, fingerprint = EXCLUDED.fingerprint, until = EXCLUDED.until"};
const query erase_keys{"erase_keys",
                       "DELETE FROM job_keys k USING unnest($1::text[], $2::bigint[]) AS gone "
                       "(key, item) WHERE k.key = gone.key AND k.item = gone.item"};
const query erase_failures{"erase_failures", "DELETE FROM failures WHERE item = ANY($1::bigint[])"};
const query trim_failures{"trim_failures",
                          "DELETE FROM failures f USING unnest($1::bigint[], $2::bigint[]) AS old "
                          "(item, attempt) WHERE f.item = old.item AND f.attempt <= old.attempt"};
const query insert_failures{
    "insert_failures",
    "INSERT INTO failures SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], "
    "$4::text[], $5::text[]) ON CONFLICT (item, attempt) DO UPDATE SET at = EXCLUDED.at, "
    "error = EXCLUDED.error, worker = EXCLUDED.worker"};

/// PostgreSQL takes no array of a gigabyte; less is also less to hold at once.
constexpr std::size_t most_array_bytes = 32 << 20;

/// One array for each column of a statement.
template <std::size_t Columns>
class columns {
public:
  template <class... Values>
  void add(const Values&... values) {
    static_assert(sizeof...(Values) == Columns);
    auto* next = arrays_.data();
    ((next++)->add(values), ...);
  }
  void tell(flight& through, const query& what) const {
    if (arrays_[0].empty()) return;
    std::apply([&](const auto&... each) { through.tell(what, each...); }, arrays_);
  }
  /// When what was added is large: as the last column is, which has the long texts.
  void tell_if_large(flight& through, const query& what) {
    if (arrays_.back().bytes() < most_array_bytes) return;
    tell(through, what);
    arrays_ = {};
  }

private:
  std::array<array_text, Columns> arrays_;
};

} // namespace

stored_item item_of(const rows& from, int row, int first) {
  int column = first;
  const auto number = [&] { return from.number(row, column++); };
  const auto small = [&] { return static_cast<std::uint32_t>(number()); };
  const auto text = [&] { return std::string{from.text(row, column++)}; };
  stored_item out;
  out.id = number();
  out.queue = number();
  out.state = static_cast<item_state>(number());
  out.priority = static_cast<std::uint8_t>(number());
  out.attempt = small();
  out.put_at = number();
  out.bytes = number();
  out.due = number();
  out.lease.high = number();
  out.lease.low = number();
  out.death = number();
  out.is_job = !from.text(row, column).empty();
  if (!out.is_job) return out;
  auto& job = out.job.emplace();
  job.kind = text();
  job.random = number();
  job.max_attempts = small();
  job.timeout_ms = small();
  job.result_ttl_ms = number();
  job.expires = number();
  job.idempotency_key = text();
  job.unique_key = text();
  job.started = number();
  job.ended = number();
  job.changes = number();
  job.worker = text();
  job.progress = text();
  return out;
}

void item_rows::ask(const array_text& ids) {
  through_.ask(
      [this](const rows& from) {
        for (int row = 0; row < from.size(); ++row)
          if (!gone_.contains(from.number(row, 0))) know(item_of(from, row));
      },
      select_items, ids);
}

const stored_item* item_rows::find(std::uint64_t id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second.item;
}

const stored_item& item_rows::know(stored_item item) {
  const auto id = item.id;
  auto& known = entries_[id];
  if (known.item.id == 0) known.item = std::move(item);
  return known.item;
}

void item_rows::add(const stored_item& row, std::int64_t rank, const proto::new_item& item,
                    unix_ms now) {
  auto& made = entries_[row.id];
  made.item = row;
  made.is_new = true;
  made.rank = rank;
  made.body = item.body;
  if (!item.job.idempotency_key.empty())
    keys_[item.job.idempotency_key] = {{row.id, item.job.fingerprint}, now + job_key_ms};
}

void item_rows::update(const stored_item& item) {
  auto& known = entries_[item.id];
  auto before = std::exchange(known.item, item);
  known.is_changed = true;
  if (before.id == 0) return;
  known.item.put_at = before.put_at; // what cannot change may be missing
  known.item.priority = before.priority;
  if (!item.job) known.item.job = std::move(before.job);
}

void item_rows::begin(std::uint64_t item, unix_ms now) {
  auto& job = entries_.at(item).item.job.value();
  job.started = now;
  job.worker.clear();
  job.progress.clear();
  ++job.changes;
}

void item_rows::set_result(std::uint64_t item, const std::string& result) {
  entries_[item].result = result;
}

void item_rows::erase(const stored_item& item) {
  gone_.insert(item.id);
  forget_failures(item.id);
  if (item.job && !item.job->idempotency_key.empty()) {
    gone_keys_.add(std::string_view{item.job->idempotency_key});
    gone_keys_items_.add(item.id);
  }
  entries_.erase(item.id);
}

void item_rows::add_failure(const stored_item& item, const std::string& error,
                            const std::string& worker, unix_ms now) {
  auto text = error;
  cut_error(text);
  failures_.push_back({item.id, item.attempt, now, std::move(text), worker});
}

void item_rows::forget_failures(std::uint64_t item) {
  std::erase_if(failures_, [item](const failure& each) { return each.item == item; });
  forgotten_.add(item);
}

void item_rows::flush() {
  write_changed(); // first: a new one may have a freed key, too
  erase_gone();
  insert_new();
  insert_keys();
  write_failures();
}

void item_rows::write_changed() {
  columns<14> changed;
  columns<14> ended;
  columns<11> finished;
  static const stored_job none{};
  for (auto& [id, each] : entries_) {
    if (each.is_new || !std::exchange(each.is_changed, false)) continue;
    const auto& item = each.item;
    const auto& job = item.job ? *item.job : none;
    const auto state = static_cast<int>(item.state);
    if (const auto result = std::exchange(each.result, std::nullopt)) {
      finished.add(id, state, item.attempt, item.bytes, item.due, job.started, job.ended,
                   job.changes, std::string_view{job.worker}, std::string_view{job.progress},
                   std::string_view{*result});
      finished.tell_if_large(through_, finish_items);
    } else {
      (is_ended(item.state) ? ended : changed)
          .add(id, state, item.attempt, item.bytes, item.due, item.lease.high, item.lease.low,
               item.death, job.expires, job.started, job.ended, job.changes,
               std::string_view{job.worker}, std::string_view{job.progress});
    }
  }
  // An end frees the unique key that another may have taken then.
  finished.tell(through_, finish_items);
  ended.tell(through_, update_items);
  changed.tell(through_, update_items);
}

void item_rows::erase_gone() {
  if (!gone_keys_.empty())
    through_.tell(erase_keys, std::exchange(gone_keys_, {}), std::exchange(gone_keys_items_, {}));
  array_text gone;
  for (const auto id : std::exchange(gone_, {}))
    gone.add(id);
  if (!gone.empty()) through_.tell(erase_items, gone);
}

void item_rows::insert_new() {
  columns<17> added;
  static const stored_job none{};
  for (auto& [id, each] : entries_) {
    if (!each.is_new) continue;
    const auto& item = each.item;
    const auto& job = item.job ? *item.job : none;
    added.add(id, item.queue, static_cast<int>(item.state), item.priority, each.rank, item.put_at,
              item.bytes, item.due, std::string_view{job.kind}, job.random, job.max_attempts,
              job.timeout_ms, job.result_ttl_ms, job.expires, std::string_view{job.idempotency_key},
              std::string_view{job.unique_key}, std::string_view{each.body});
    each.body.clear();
    each.is_new = false;
    added.tell_if_large(through_, insert_items);
  }
  added.tell(through_, insert_items);
  write_changed(); // what became of new ones
}

void item_rows::insert_keys() {
  columns<4> added;
  for (const auto& [key, each] : std::exchange(keys_, {}))
    added.add(std::string_view{key}, each.job.item, each.job.fingerprint, each.until);
  added.tell(through_, insert_keys_);
}

void item_rows::write_failures() {
  columns<2> old;
  columns<5> added;
  for (const auto& each : std::exchange(failures_, {})) {
    added.add(each.item, each.attempt, each.at, std::string_view{each.error},
              std::string_view{each.worker});
    if (each.attempt > most_failures) old.add(each.item, each.attempt - most_failures);
  }
  if (!forgotten_.empty()) through_.tell(erase_failures, std::exchange(forgotten_, {}));
  added.tell(through_, insert_failures);
  old.tell(through_, trim_failures);
}

} // namespace squall::actors::postgres
