#include "actors/queue/durable/item_puts.hpp"

#include "actors/queue/job_rules.hpp"

#include <optional>
#include <utility>

namespace squall::actors {
namespace {

/// What is there in place of a job that is put; nothing when `item` is 0.
struct same_job {
  std::uint64_t item = 0;
  bool key_reused = false;
};

same_job find_same(const proto::job_options& options, store_tables& tables,
                   const stored_queue* queue, unix_ms now) {
  if (!options.idempotency_key.empty())
    if (const auto found = tables.with_key(options.idempotency_key, now))
      return {found->item, found->fingerprint != options.fingerprint};
  if (!queue || options.unique_key.empty()) return {};
  return {tables.unique(queue->id, options.unique_key).value_or(0)};
}

} // namespace

put_needs needs_of(std::span<const proto::new_item> items, store_tables& tables,
                   const stored_queue* queue, unix_ms now) {
  put_needs out;
  out.key_reused = !keys_agree(items);
  for (const auto& each : items) {
    const auto same = find_same(each.job, tables, queue, now);
    out.key_reused |= same.key_reused;
    if (same.item == 0) ++out.fresh;
  }
  return out;
}

std::vector<proto::job_view> put_jobs(std::span<const proto::new_item> items, store_tables& tables,
                                      item_moves& moves, stored_queue& queue, unix_ms now) {
  std::vector<proto::job_view> out;
  out.reserve(items.size());
  std::size_t fresh = 0;
  for (const auto& each : items) {
    const auto same = find_same(each.job, tables, &queue, now);
    auto found = same.item == 0 ? std::nullopt : tables.view(same.item);
    if (found) {
      out.push_back(*std::move(found));
      out.back().existed = true;
      continue;
    }
    ++fresh; // or the same one has just ended and was forgotten by another gateway
    out.push_back(view_of(moves.add(queue, each, now), queue));
  }
  queue.books.count_put(fresh, now);
  return out;
}

} // namespace squall::actors
