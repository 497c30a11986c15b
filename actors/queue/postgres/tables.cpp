#include "actors/queue/postgres/tables.hpp"

#include "actors/queue/job_rules.hpp"
#include "actors/queue/postgres/news_text.hpp"

namespace squall::actors::postgres {
namespace {

const query new_deaths{"new_deaths",
                       "SELECT nextval('deaths') FROM generate_series(1, $1::bigint)"};
const query select_unique_one{"unique_job",
                              "SELECT id FROM items WHERE queue = $1 AND unique_key = $2 AND "
                              "unique_key <> '' AND state < 3"};
const query select_due{"due_items", "SELECT " + item_columns +
                                        " FROM items i WHERE due <= $1 ORDER BY due, id LIMIT "
                                        "$2::bigint FOR UPDATE SKIP LOCKED"};
const query select_leased{"leased_items", "SELECT " + item_columns +
                                              " FROM items i WHERE queue = $1 AND state = 2 AND "
                                              "$2::bigint = 0 FOR UPDATE"};
const query select_next_due{"next_due",
                            "SELECT due FROM items WHERE due IS NOT NULL ORDER BY due LIMIT 1"};
const query notify{"notify", "SELECT pg_notify('squall', text) FROM unnest($1::text[]) AS text"};

constexpr std::size_t few = 64; ///< of numbers that are fetched ahead

} // namespace

tables::tables(connection& link, std::uint64_t writer, unix_ms now,
               std::vector<std::uint64_t>& deaths)
    : through_{link}, queues_{through_, writer, now}, items_{through_}, ready_{through_, items_},
      jobs_{through_, queues_}, now_{now}, deaths_{deaths} {}

void tables::commit(std::string_view from) {
  items_.flush();
  queues_.save();
  array_text texts;
  for (const auto& each : news_texts(news_, from))
    texts.add(std::string_view{each});
  if (!texts.empty()) through_.tell(notify, texts);
  through_.commit();
}

stored_queue* tables::find_queue(std::string_view name) {
  if (!queues_.knows(name)) {
    queues_.ask({std::string{name}});
    through_.land();
  }
  return queues_.find(name);
}

stored_queue& tables::queue(std::uint64_t id) {
  if (!queues_.find(id)) {
    queues_.ask_number(id);
    through_.land();
  }
  auto* const found = queues_.find(id);
  if (!found) throw store_failure{"an item's queue is not in the store"};
  return *found;
}

stored_queue& tables::add_queue(std::string_view name, const proto::queue_settings& settings) {
  return queues_.add(std::string{name}, settings);
}

void tables::set_queue(stored_queue& queue, const proto::queue_settings& settings) {
  queues_.set(queue, settings);
  news_.ready.push_back(queue.name);
  news_.freed.push_back(queue.name);
}

void tables::erase_queue(stored_queue& queue) {
  news_.all = true; // whoever waits there waits in vain
  queues_.erase(queue);
}

std::uint64_t tables::new_item() {
  if (numbers_.empty()) {
    ask_numbers(1);
    through_.land();
  }
  const auto out = numbers_.front();
  numbers_.pop_front();
  return out;
}

std::uint64_t tables::new_death() {
  if (deaths_.empty())
    through_.fetch(
        [this](const rows& from) {
          for (int row = from.size(); row-- > 0;)
            deaths_.push_back(from.number(row, 0));
        },
        new_deaths, few);
  const auto out = deaths_.back();
  deaths_.pop_back();
  return out;
}

void tables::add(const stored_item& row, const stored_queue& queue, const proto::new_item& item,
                 unix_ms now) {
  items_.add(row, rank_of(queue.settings.order, row.id, row.priority), item, now);
  if (row.state == item_state::ready) news_.ready.push_back(queue.name);
  if (row.job && !row.job->idempotency_key.empty())
    keys_[row.job->idempotency_key] = {{row.id, item.job.fingerprint}, now + job_key_ms};
}

std::optional<stored_item> tables::find(std::uint64_t id) {
  if (!items_.find(id)) return std::nullopt; // all that are looked for were asked for
  return *items_.find(id);
}

void tables::update(const stored_item& item) {
  const auto* known = items_.find(item.id);
  const auto before = known ? known->state : item.state;
  const auto& of = queue(item.queue);
  const bool ended_lease = before == item_state::leased && item.state != before;
  if (item.state == item_state::ready || (ended_lease && of.settings.max_running > 0))
    news_.ready.push_back(of.name);
  if (is_ended(item.state) || (before == item_state::ready && of.settings.maxsize > 0))
    news_.freed.push_back(of.name);
  if (item.job && known && known->job && item.job->changes != known->job->changes)
    news_.jobs.push_back(item.id);
  items_.update(item);
}

void tables::begin(std::uint64_t item, unix_ms now) {
  items_.begin(item, now);
  news_.jobs.push_back(item);
}

void tables::erase(const stored_item& item) {
  const auto& of = queue(item.queue);
  news_.freed.push_back(of.name);
  if (item.state == item_state::leased && of.settings.max_running > 0)
    news_.ready.push_back(of.name);
  if (item.job) {
    news_.jobs.push_back(item.id);
    if (const auto found = keys_.find(item.job->idempotency_key);
        found != keys_.end() && found->second.job.item == item.id)
      keys_.erase(found);
  }
  items_.erase(item);
}

std::optional<keyed_job> tables::with_key(const std::string& key, unix_ms now) {
  const auto found = keys_.find(key);
  if (found == keys_.end() || found->second.until <= now) return std::nullopt;
  return found->second.job;
}

std::optional<std::uint64_t> tables::unique(std::uint64_t queue, const std::string& key) {
  const auto [found, is_new] = unique_.try_emplace({queue, key});
  if (is_new && !asked_unique_.contains({this->queue(queue).name, key}))
    through_.fetch(
        [&at = found->second](const rows& from) {
          if (from.size() > 0) at = from.number(0, 0);
        },
        select_unique_one, queue, key);
  return found->second;
}

void tables::take_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) {
  if (!key.empty()) unique_[{queue, key}] = item;
}

void tables::free_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) {
  if (key.empty()) return;
  auto& holder = unique_[{queue, key}];
  if (!holder || *holder == item) holder.reset();
}

std::vector<stored_item> tables::fetch_items(const query& what, std::uint64_t first,
                                             std::uint64_t second) {
  std::vector<stored_item> out;
  items_.flush();
  through_.fetch(
      [&](const rows& from) {
        for (int row = 0; row < from.size(); ++row)
          out.push_back(items_.know(item_of(from, row)));
      },
      what, first, second);
  array_text ids;
  for (const auto& each : out)
    if (!queues_.find(each.queue)) ids.add(each.id);
  if (!ids.empty()) queues_.ask_of_items(ids);
  through_.land();
  return out;
}

std::vector<stored_item> tables::due(unix_ms now, std::uint32_t most) {
  return fetch_items(select_due, now, most);
}

std::vector<stored_item> tables::leased(const stored_queue& queue) {
  return fetch_items(select_leased, queue.id, 0);
}

std::optional<unix_ms> tables::next_due() {
  std::optional<unix_ms> out;
  items_.flush();
  through_.fetch(
      [&out](const rows& from) {
        if (from.size() > 0) out = from.number(0, 0);
      },
      select_next_due);
  return out;
}

std::optional<proto::job_view> tables::view(std::uint64_t item) {
  array_text ids;
  ids.add(item);
  items_.flush();
  queues_.ask_of_items(ids);
  auto found = jobs_.whole(ids);
  if (found.empty()) return std::nullopt;
  auto& out = found.begin()->second;
  out.params.clear();
  out.result.clear();
  return std::move(out);
}

std::vector<proto::job_view> tables::views(std::span<const proto::job_id> ids) {
  array_text items;
  for (const auto& each : ids)
    items.add(proto::item_of(each));
  items_.flush();
  queues_.ask_of_items(items);
  auto found = jobs_.whole(items);
  std::vector<proto::job_view> out;
  for (const auto& each : ids)
    if (const auto job = found.find(proto::item_of(each));
        job != found.end() && job->second.id == each)
      out.push_back(job->second);
  return out;
}

} // namespace squall::actors::postgres
