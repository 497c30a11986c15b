#include "actors/queue/postgres/ready_rows.hpp"

#include <algorithm>
#include <optional>

namespace squall::actors::postgres {
namespace {

constexpr std::uint32_t most_at_once = 1'000;

/// Those picked that fit into `most_lease_bytes`, and the first in any case. They are told as they
/// were locked: what a join reads anew may be older, as they were when the statement began.
const std::string read_picked =
    ", sized AS (SELECT *, sum(bytes) OVER so_far AS bytes_so_far, row_number() OVER so_far AS "
    "place FROM picked WINDOW so_far AS (ORDER BY rank, id)) SELECT " +
    item_columns + ", body, (SELECT count(*) FROM picked) FROM sized i WHERE i.bytes_so_far <= " +
    std::to_string(most_lease_bytes) + " OR i.place = 1 ORDER BY i.rank, i.id";

const query select_any{"ready", "WITH picked AS (SELECT * FROM items WHERE "
                                "queue = $1 AND state = 0 ORDER BY rank, id LIMIT $2::bigint "
                                "FOR UPDATE SKIP LOCKED)" +
                                    read_picked};
const query select_kinds{
    "ready_of_kinds",
    "WITH of_each AS MATERIALIZED (SELECT r.* FROM unnest($3::text[]) AS k CROSS JOIN LATERAL "
    "(SELECT * FROM items WHERE queue = $1 AND kind = k AND state = 0 "
    "ORDER BY rank, id LIMIT $2::bigint FOR UPDATE SKIP LOCKED) r), "
    "picked AS (SELECT * FROM of_each ORDER BY rank, id LIMIT $2::bigint)" +
        read_picked};

} // namespace

void ready_rows::expect(const stored_queue& queue, std::span<const std::string> kinds,
                        std::uint32_t most) {
  auto& line = lines_[{queue.id, {kinds.begin(), kinds.end()}}];
  line.wanted = std::min(line.wanted + std::min(most, most_at_once), most_at_once);
}

std::vector<proto::leased_item> ready_rows::next(const stored_queue& queue,
                                                 std::span<const std::string> kinds,
                                                 std::uint32_t most) {
  const auto found = lines_.try_emplace({queue.id, {kinds.begin(), kinds.end()}}).first;
  auto& [which, line] = *found;
  std::vector<proto::leased_item> out;
  std::size_t bytes = 0;
  auto before = most; // as many as there were when the line was read last
  while (out.size() < most) {
    if (line.items.empty()) {
      if (line.is_whole || before == out.size()) break;
      before = static_cast<std::uint32_t>(out.size());
      line.wanted = std::max(line.wanted, std::min(most, most_at_once));
      items_.flush(); // so that what is handed out already is not found again
      for (auto& [other, each] : lines_)
        if (each.wanted > 0 && each.items.empty() && !each.is_whole) ask(other, each);
      through_.land();
      continue;
    }
    auto& first = line.items.front();
    const auto* row = items_.find(first.id);
    const bool is_taken = std::ranges::find(out, first.id, &proto::leased_item::id) != out.end();
    if (is_taken || !row || row->state != item_state::ready) { // somebody else of this turn had it
      line.items.pop_front();
      continue;
    }
    bytes += first.body.size();
    if (bytes > most_lease_bytes && !out.empty()) break;
    out.push_back(std::move(first));
    line.items.pop_front();
  }
  return out;
}

void ready_rows::ask(const wish& which, line& to) {
  const auto& [queue, kinds] = which;
  auto read = [this, &to](const rows& from) { this->read(from, to); };
  if (kinds.empty()) return through_.ask(read, select_any, queue, to.wanted);
  auto sorted = kinds;
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  array_text names;
  for (const auto& each : sorted)
    names.add(std::string_view{each});
  through_.ask(read, select_kinds, queue, to.wanted, names);
}

void ready_rows::read(const rows& from, line& to) {
  for (int row = 0; row < from.size(); ++row) {
    const auto& item = items_.know(item_of(from, row));
    auto& out = to.items.emplace_back();
    out.id = item.id;
    out.body = from.text(row, item_column_count);
    out.priority = item.priority;
    out.attempt = item.attempt + 1;
    if (!item.job) continue;
    out.job = id_of(item);
    out.kind = item.job->kind;
    out.timeout_ms = item.job->timeout_ms;
  }
  const auto picked = from.size() == 0 ? 0 : from.number(0, item_column_count + 1);
  to.is_whole = picked < to.wanted && static_cast<std::uint64_t>(from.size()) == picked;
}

} // namespace squall::actors::postgres
