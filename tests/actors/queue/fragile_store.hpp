#pragma once

#include "actors/queue/store.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::tests {

/// When a `fragile_store` fails, and what it has done. Shared with the store that a broker owns.
struct fragility {
  std::string broken;                ///< why no operation works; empty: they do
  std::string full;                  ///< why nothing can be committed; empty: it can
  unsigned commits = 0;              ///< that were tried
  std::function<void()> when_commit; ///< called at the begin of each
  std::function<void()> when_expire; ///< called before leases may run out
};

/// A simple store with transactions that fail when the test says so. First in, first out. Jobs stay
/// for ever.
class fragile_store final : public actors::store {
public:
  explicit fragile_store(std::shared_ptr<fragility> when) : when_{std::move(when)} {}

  actors::defined define(std::string_view queue, const proto::queue_settings& with) override {
    auto [found, made] = work().try_emplace(std::string{queue});
    found->second.settings = with;
    return made ? actors::defined::made : actors::defined::changed;
  }

  std::optional<actors::removed> remove(std::string_view name, actors::removal what) override {
    if (what != actors::removal::queue) throw std::logic_error{"this one knows no purging"};
    const auto found = work().extract(std::string{name});
    if (!found) return std::nullopt;
    actors::removed out;
    for (const auto& [id, each] : found.mapped().items)
      if (!each.lease.empty()) out.leases.push_back(each.lease);
    return out;
  }

  std::vector<actors::put_outcome> put(std::span<actors::store_put> puts,
                                       actors::unix_ms) override {
    std::vector<actors::put_outcome> out;
    for (auto& each : puts)
      out.push_back(put_one(each));
    return out;
  }

  std::vector<actors::lease_outcome> lease(std::span<const actors::store_lease> asks,
                                           actors::unix_ms now) override {
    std::vector<actors::lease_outcome> out;
    for (const auto& ask : asks) {
      auto& queues = work();
      if (ask.create) queues.try_emplace(std::string{ask.queue});
      const auto found = queues.find(std::string{ask.queue});
      if (found == queues.end())
        out.emplace_back(actors::lease_refusal::no_queue);
      else
        out.emplace_back(lease_some(found->second, ask, now));
    }
    return out;
  }

  std::vector<std::optional<actors::settled>> settle(std::span<const actors::settlement> uses,
                                                     actors::unix_ms now) override {
    std::vector<std::optional<actors::settled>> out;
    for (const auto& use : uses)
      out.push_back(settle_one(use, now));
    return out;
  }

  actors::view look(const actors::question& what, actors::unix_ms) override {
    actors::view out;
    if (const auto* named = std::get_if<actors::jobs_named>(&what)) {
      for (const auto& id : named->ids)
        add_job(id, out.jobs);
      return out;
    }
    const auto name = std::get<actors::books_of>(what).queue;
    for (const auto& [each, queue] : work()) {
      if (!name.empty() && name != each) continue;
      auto& stats = out.queues.emplace_back().stats;
      stats.name = each;
      stats.settings = queue.settings;
      stats.ready = queue.count(proto::item_state::ready);
      stats.leased = queue.count(proto::item_state::leased);
      stats.unfinished = stats.ready + stats.leased;
    }
    return out;
  }

  actors::expired expire(actors::unix_ms now) override {
    if (when_->when_expire) when_->when_expire();
    actors::expired out;
    for (auto& [name, queue] : work())
      for (auto& [id, each] : queue.items) {
        if (each.state != proto::item_state::leased) continue;
        if (each.due > now) {
          out.next = std::min(out.next.value_or(each.due), each.due);
          continue;
        }
        out.queues.push_back(name);
        each.state = proto::item_state::ready;
        out.leases.push_back(std::exchange(each.lease, {}));
      }
    return out;
  }

  void commit() override {
    ++when_->commits;
    if (when_->when_commit) when_->when_commit();
    if (failure_.empty() && !when_->full.empty()) lose_turn(when_->full);
    if (!failure_.empty()) throw actors::store_failure{std::exchange(failure_, {})};
    kept_ = now_;
  }

private:
  struct item {
    std::string body;
    proto::job_id job; ///< none: it is no job
    std::string kind;
    proto::item_state state = proto::item_state::ready;
    std::uint32_t attempt = 0;
    std::string lease; ///< leased
    actors::unix_ms due = 0;
    std::string result;
  };
  struct queue {
    proto::queue_settings settings;
    std::map<std::uint64_t, item> items;

    std::size_t count(proto::item_state state) const {
      return static_cast<std::size_t>(std::ranges::count_if(
          items, [state](const auto& each) { return each.second.state == state; }));
    }
  };
  using queues = std::map<std::string, queue>;

  queues& work() {
    if (failure_.empty() && !when_->broken.empty()) lose_turn(when_->broken);
    if (!failure_.empty()) throw actors::store_failure{failure_};
    return now_;
  }
  void lose_turn(const std::string& why) {
    failure_ = why;
    now_ = kept_;
  }

  actors::put_outcome put_one(actors::store_put& put) {
    const auto found = work().find(std::string{put.queue});
    if (found == now_.end()) return actors::put_refusal::no_queue;
    auto& queue = found->second;
    if (const auto most = queue.settings.maxsize;
        most > 0 && queue.count(proto::item_state::ready) + put.items.size() > most)
      return actors::put_refusal::no_room;
    std::vector<std::uint64_t> ids;
    std::vector<proto::job_view> jobs;
    for (auto& each : put.items) {
      ids.push_back(++last_);
      auto& added = queue.items[last_];
      added.body = std::move(each.body);
      added.kind = each.job.kind;
      if (added.kind.empty()) continue;
      added.job = proto::make_job_id(1, 0, last_);
      add_job(added.job, jobs);
    }
    if (!jobs.empty()) return jobs;
    return ids;
  }

  void add_job(const proto::job_id& id, std::vector<proto::job_view>& to) {
    for (const auto& [name, queue] : work())
      for (const auto& [number, each] : queue.items) {
        if (!each.job || each.job != id) continue;
        auto& out = to.emplace_back();
        out.id = id;
        out.queue = name;
        out.kind = each.kind;
        out.state = each.state;
        out.result = each.result;
      }
  }

  std::vector<proto::leased_item> lease_some(queue& from, const actors::store_lease& ask,
                                             actors::unix_ms now) {
    std::vector<proto::leased_item> out;
    for (auto& [id, each] : from.items) {
      if (out.size() == ask.most || each.state != proto::item_state::ready) continue;
      if (!ask.kinds.empty() && std::ranges::count(ask.kinds, each.kind) == 0) continue;
      each.state = proto::item_state::leased;
      const auto ms = ask.lease_ms > 0 ? ask.lease_ms : from.settings.lease_ms;
      each.lease = "lease " + std::to_string(++last_);
      each.due = now + ms;
      out.push_back({id, each.lease, each.body, 5, ++each.attempt, ms, each.job, each.kind, 0});
    }
    return out;
  }

  std::optional<actors::settled> settle_one(const actors::settlement& use, actors::unix_ms now) {
    for (auto& [name, queue] : work())
      for (auto each = queue.items.begin(); each != queue.items.end(); ++each) {
        auto& item = each->second;
        const bool meant = use.what == actors::settling::cancel
                               ? item.job == use.job && !is_ended(item.state)
                               : !item.lease.empty() && item.lease == use.lease;
        if (!meant) continue;
        actors::settled out;
        out.queue = name;
        settle_item(item, use, out, now);
        if (use.what == actors::settling::ack && !item.job) queue.items.erase(each);
        return out;
      }
    return std::nullopt;
  }

  static void settle_item(item& item, const actors::settlement& use, actors::settled& out,
                          actors::unix_ms now) {
    if (use.what == actors::settling::extend) {
      item.due = now + use.lease_ms;
      out.lease_ms = use.lease_ms;
      out.next = item.due;
    } else {
      out.revoked = std::exchange(item.lease, {});
      item.state = proto::item_state::ready;
    }
    if (use.what == actors::settling::ack) item.state = proto::item_state::done;
    if (use.what == actors::settling::cancel) item.state = proto::item_state::cancelled;
    item.result = use.result;
    out.job = item.job;
    out.state = item.state;
  }

  std::shared_ptr<fragility> when_;
  queues now_;
  queues kept_;
  std::uint64_t last_ = 0;
  std::string failure_; ///< of this turn
};

} // namespace squall::tests
