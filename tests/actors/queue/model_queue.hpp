#pragma once

#include "tests/actors/queue/model_item.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

template <class Condition>
void erase_in_order(std::deque<model_waiter>& line, Condition condition) {
  for (auto each = line.begin(); each != line.end();)
    each = condition(*each) ? line.erase(each) : std::next(each);
}

struct model_queue {
  using line = std::deque<model_waiter>;

  proto::queue_settings settings;
  std::vector<model_item> items;
  line putters, getters, joiners;
  std::uint64_t put = 0;
  std::uint64_t acked = 0;
  std::uint64_t gone = 0; ///< purged, or cancelled and forgotten

  line& line_of(proto::queue_op op) {
    if (op == proto::queue_op::put) return putters;
    return op == proto::queue_op::lease ? getters : joiners;
  }
  std::uint64_t count(model_item::state at) const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(items, [&](const auto& each) { return each.at == at; }));
  }
  std::uint64_t unfinished() const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(items, [](const auto& each) { return !each.ended(); }));
  }
  /// The ready item that goes out next to one who wants these kinds; null when there is none, or
  /// the queue is paused, or as many are leased as may be.
  model_item* next(const std::vector<std::string>& kinds) {
    const auto place = [&](const model_item& each) {
      if (settings.order == proto::queue_order::lifo) return std::pair{0, ~each.number};
      const bool sorted = settings.order == proto::queue_order::priority;
      return std::pair{sorted ? -each.priority : 0, each.number};
    };
    model_item* out = nullptr;
    if (settings.paused) return out;
    const auto most = settings.max_running;
    if (most > 0 && count(model_item::state::leased) >= most) return out;
    for (auto& each : items) {
      if (each.at != model_item::state::ready) continue;
      if (!kinds.empty() && std::ranges::count(kinds, each.job.kind) == 0) continue;
      if (!out || place(each) < place(*out)) out = &each;
    }
    return out;
  }

  /// The one that has this job's unique key now; null when none has.
  model_item* unique(const proto::job_options& job) {
    if (job.unique_key.empty()) return nullptr;
    for (auto& each : items)
      if (!each.ended() && each.job.unique_key == job.unique_key) return &each;
    return nullptr;
  }
  /// The one for which this job's idempotency key stands. The model's time is less than a day.
  model_item* keyed(const proto::job_options& job) {
    if (job.idempotency_key.empty()) return nullptr;
    for (auto& each : items)
      if (each.job.idempotency_key == job.idempotency_key) return &each;
    return nullptr;
  }

  /// Nothing when it has to wait. `full`: one in front of it has to.
  std::optional<model_answer> take(const std::vector<proto::new_item>& put, bool full,
                                   std::uint64_t now) {
    std::size_t fresh = 0;
    for (const auto& each : put) {
      const auto* same = keyed(each.job);
      if (same && same->job.fingerprint != each.job.fingerprint)
        return model_answer{proto::errc::invalid_params, {}};
      fresh += same || unique(each.job) ? 0 : 1;
    }
    full |= settings.maxsize > 0 && count(model_item::state::ready) + fresh > settings.maxsize;
    if (full && fresh > 0) return std::nullopt;
    model_answer out;
    for (const auto& each : put) {
      auto* item = keyed(each.job);
      if (!item) item = unique(each.job);
      const bool existed = item != nullptr;
      if (!existed) item = &add(each, now);
      if (each.job.kind.empty()) continue;
      out.bodies.push_back(item->body);
      out.jobs.push_back(job_text(*item, existed, false));
    }
    return out;
  }

  model_answer hand_out(const model_waiter& who, std::uint64_t now) {
    model_answer out;
    const auto& request = who.request;
    for (auto* item = next(request.kinds); item && out.items.size() < request.count;
         item = next(request.kinds)) {
      item->move(model_item::state::leased);
      item->progress.clear();
      item->due = now + (request.lease_ms > 0 ? request.lease_ms : settings.lease_ms);
      item->asker = who.asker;
      item->holder = request.holder;
      out.items.emplace_back(item->body, ++item->attempt);
    }
    return out;
  }

  void fail(model_item& item, std::uint32_t delay_ms, bool no_more, std::uint64_t now) {
    const auto own = item.job.max_attempts;
    if (no_more || item.attempt >= (own > 0 ? own : settings.max_attempts)) return die(item);
    item.move(delay_ms > 0 ? model_item::state::delayed : model_item::state::ready);
    item.due = now + delay_ms;
  }

  void revive() {
    std::map<std::uint64_t, model_item*> dead;
    for (auto& item : items)
      if (item.at == model_item::state::dead) dead.emplace(item.death, &item);
    for (const auto& [death, item] : dead) {
      if (unique(item->job)) continue;
      item->move(model_item::state::ready);
      item->progress.clear();
      item->attempt = 0;
      item->expires = 0;
    }
  }

  void expire(std::uint64_t now) {
    const auto is_over = [now](std::uint64_t time) { return time > 0 && time <= now; };
    for (auto& item : items) {
      if (!is_over(item.next()) || item.ended()) continue;
      if (item.at == model_item::state::leased)
        fail(item, 0, false, now);
      else if (is_over(item.last_begin()))
        die(item);
      else
        item.move(model_item::state::ready);
    }
    std::erase_if(items, [&](const model_item& each) {
      const bool forgotten = each.ended() && is_over(each.next());
      gone += forgotten && each.at == model_item::state::cancelled ? 1 : 0;
      return forgotten;
    });
  }

private:
  model_item& add(const proto::new_item& item, std::uint64_t now) {
    auto& added = items.emplace_back();
    added.body = item.body;
    added.number = ++put;
    added.priority = item.priority;
    added.job = item.job;
    added.put_at = now;
    if (item.job.ttl_ms > 0) added.expires = now + item.job.ttl_ms;
    if (item.delay_ms == 0) return added;
    added.at = model_item::state::delayed;
    added.due = now + item.delay_ms;
    return added;
  }

  void die(model_item& item) {
    item.move(model_item::state::dead);
    item.death = ++deaths_;
  }

  std::uint64_t deaths_ = 0;
};

} // namespace squall::tests
