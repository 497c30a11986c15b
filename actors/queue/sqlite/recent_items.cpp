#include "actors/queue/sqlite/recent_items.hpp"

#include <utility>

namespace squall::actors {
namespace {

/// What a text has beyond its object; a text that was longer keeps that.
std::size_t beyond(const std::string& text) noexcept {
  static const auto inside = std::string{}.capacity();
  return text.capacity() > inside ? text.capacity() + 1 : 0;
}

} // namespace

std::size_t recent_items::bytes_of(const entry& kept) noexcept {
  auto out = sizeof(by_id::value_type) + beyond(kept.body) + beyond(kept.result);
  if (const auto& job = kept.item.job)
    out += beyond(job->kind) + beyond(job->idempotency_key) + beyond(job->unique_key) +
           beyond(job->worker) + beyond(job->progress);
  return out;
}

void recent_items::trim() {
  for (; bytes_ > most_; ++oldest_)
    erase(oldest_);
}

template <class Change>
void recent_items::with(std::uint64_t id, Change change) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  bytes_ -= bytes_of(found->second);
  change(found->second);
  bytes_ += bytes_of(found->second);
  trim(); // results and progress make items grow
}

void recent_items::forget(by_id::iterator which) {
  bytes_ -= bytes_of(which->second);
  entries_.erase(which);
}

void recent_items::add(const stored_item& item, const std::string& body) {
  if (body.size() > most_item_bytes) return;
  if (entries_.empty()) oldest_ = item.id;
  const auto& made = entries_.insert_or_assign(item.id, entry{item, body, {}, false}).first->second;
  bytes_ += bytes_of(made);
  trim();
}

const recent_items::entry* recent_items::find(std::uint64_t id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

void recent_items::update(const stored_item& item) {
  with(item.id, [&](entry& kept) {
    auto& to = kept.item;
    to.state = item.state;
    to.attempt = item.attempt;
    to.due = item.due;
    to.lease = item.state == item_state::leased ? item.lease : lease_id{};
    to.death = item.state == item_state::dead ? item.death : 0;
    to.bytes = item.bytes;
    if (item.job) to.job = item.job;
  });
}

void recent_items::begin(std::uint64_t id, unix_ms now) {
  with(id, [&](entry& kept) {
    auto& job = *kept.item.job;
    job.started = now;
    job.worker.clear();
    job.progress.clear();
    ++job.changes;
  });
}

void recent_items::set_result(std::uint64_t id, const std::string& result) {
  if (result.size() > most_item_bytes) return erase(id);
  with(id, [&](entry& kept) { kept.result = result; });
}

void recent_items::set_failed(std::uint64_t id) {
  with(id, [](entry& kept) { kept.has_failed = true; });
}

void recent_items::erase(std::uint64_t id) {
  if (const auto found = entries_.find(id); found != entries_.end()) forget(found);
}

void recent_items::erase_all(std::uint64_t queue, std::uint32_t states) {
  for (auto each = entries_.begin(); each != entries_.end();) {
    const auto here = each++;
    const auto& item = here->second.item;
    if (item.queue == queue && (states >> static_cast<unsigned>(item.state) & 1U) != 0)
      forget(here);
  }
}

void recent_items::clear() {
  entries_.clear();
  bytes_ = 0;
}

} // namespace squall::actors
