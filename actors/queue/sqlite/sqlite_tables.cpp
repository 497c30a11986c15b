#include "actors/queue/sqlite/sqlite_tables.hpp"

#include <utility>

namespace squall::actors {

void sqlite_tables::load() {
  queues_.probe();
  queues_.load();
  recent_.clear();
}

std::vector<stored_queue*> sqlite_tables::all_queues() {
  std::vector<stored_queue*> out;
  for (auto& [name, queue] : queues_.all())
    out.push_back(&queue);
  return out;
}

void sqlite_tables::set_queue(stored_queue& queue, const proto::queue_settings& settings) {
  if (queue.settings.order != settings.order) {
    items_.reorder(queue.id, settings.order);
    jobs_.reorder(queue.id);
  }
  queues_.set(queue, settings);
}

void sqlite_tables::add(const stored_item& row, const stored_queue& queue,
                        const proto::new_item& item, unix_ms now) {
  const auto order = queue.settings.order;
  items_.add(row, order, item);
  if (row.is_job)
    jobs_.add(
        {row.id, queue.id, rank_of(order, row.id, row.priority), row.state == item_state::ready},
        *row.job, item.job.fingerprint, now);
  recent_.add(row, item.body);
}

std::optional<stored_item> sqlite_tables::find(std::uint64_t id) {
  if (const auto* recent = recent_.find(id)) return recent->item;
  auto out = items_.find(id);
  if (out) complete(*out);
  return out;
}

void sqlite_tables::complete(stored_item& item) {
  if (!item.is_job || item.job) return;
  const auto* recent = recent_.find(item.id);
  item.job = recent ? recent->item.job : jobs_.find(item.id);
}

void sqlite_tables::update(const stored_item& item) {
  items_.update(item);
  if (item.job) jobs_.update(item.id, *item.job, item.state == item_state::ready);
  recent_.update(item);
}

void sqlite_tables::begin(std::uint64_t item, unix_ms now) {
  jobs_.begin(item, now);
  recent_.begin(item, now);
}

void sqlite_tables::set_result(std::uint64_t item, const std::string& result) {
  jobs_.set_result(item, result);
  recent_.set_result(item, result);
}

void sqlite_tables::add_failure(const stored_item& item, const std::string& error,
                                const std::string& worker, unix_ms now) {
  items_.add_failure(item, error, worker, now);
  recent_.set_failed(item.id);
}

void sqlite_tables::erase(const stored_item& item) {
  items_.erase(item);
  if (item.job) jobs_.erase(item.id, item.queue, *item.job);
  recent_.erase(item.id);
}

erased sqlite_tables::erase_all(const stored_queue& queue, std::uint32_t states) {
  erased out;
  for (std::size_t state = 0; state < proto::item_states; ++state)
    if ((states >> state & 1U) != 0) out.items[state] = queue.books.items[state];
  if ((states & 1U) != 0) out.ready_jobs = queue.ready_jobs;
  jobs_.erase_all(queue.id, states);
  out.bytes = items_.erase_all(queue.id, states);
  recent_.erase_all(queue.id, states);
  return out;
}

std::vector<proto::leased_item> sqlite_tables::next(const stored_queue& queue,
                                                    std::span<const std::string> kinds,
                                                    std::uint32_t most) {
  const bool all_plain = kinds.empty() && queue.ready_jobs == 0;
  return all_plain ? ready_.plain(queue.id, most) : ready_.of_kinds(queue.id, kinds, most);
}

std::optional<unix_ms> sqlite_tables::oldest(const stored_queue& queue) {
  const auto order = queue.settings.order;
  std::optional<unix_ms> out;
  if (queue.books.in(item_state::ready) > queue.ready_jobs)
    out = ready_.oldest_plain(queue.id, order);
  if (queue.ready_jobs == 0) return out;
  const auto job = ready_.oldest_job(queue.id, order);
  return !out || (job && *job < *out) ? job : out;
}

std::vector<proto::job_view> sqlite_tables::views(std::span<const proto::job_id> ids) {
  std::vector<proto::job_view> out;
  for (const auto& id : ids)
    if (auto job = views_.whole(id)) out.push_back(*std::move(job));
  return out;
}

} // namespace squall::actors
