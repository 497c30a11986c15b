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

/// A simple store with transactions that fail when the test says so. First in, first out.
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
    const auto name = std::get<actors::books_of>(what).queue;
    actors::view out;
    for (const auto& [each, queue] : work()) {
      if (!name.empty() && name != each) continue;
      auto& stats = out.queues.emplace_back().stats;
      stats.name = each;
      stats.settings = queue.settings;
      stats.ready = queue.ready();
      stats.unfinished = queue.items.size();
      stats.leased = stats.unfinished - stats.ready;
    }
    return out;
  }

  actors::expired expire(actors::unix_ms now) override {
    if (when_->when_expire) when_->when_expire();
    actors::expired out;
    for (auto& [name, queue] : work())
      for (auto& [id, each] : queue.items) {
        if (each.lease.empty()) continue;
        if (each.due > now) {
          out.next = std::min(out.next.value_or(each.due), each.due);
          continue;
        }
        out.queues.push_back(name);
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
    std::uint32_t attempt = 0;
    std::string lease; ///< empty: ready
    actors::unix_ms due = 0;
  };
  struct queue {
    proto::queue_settings settings;
    std::map<std::uint64_t, item> items;

    std::size_t ready() const {
      std::size_t out = 0;
      for (const auto& [id, each] : items)
        out += each.lease.empty() ? 1 : 0;
      return out;
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
        most > 0 && queue.ready() + put.items.size() > most)
      return actors::put_refusal::no_room;
    std::vector<std::uint64_t> ids;
    for (auto& each : put.items) {
      ids.push_back(++last_);
      queue.items[last_].body = std::move(each.body);
    }
    return ids;
  }

  std::vector<proto::leased_item> lease_some(queue& from, const actors::store_lease& ask,
                                             actors::unix_ms now) {
    std::vector<proto::leased_item> out;
    for (auto& [id, each] : from.items) {
      if (out.size() == ask.most || !each.lease.empty()) continue;
      const auto ms = ask.lease_ms > 0 ? ask.lease_ms : from.settings.lease_ms;
      each.lease = "lease " + std::to_string(++last_);
      each.due = now + ms;
      out.push_back({id, each.lease, each.body, 5, ++each.attempt, ms, {}, {}, 0});
    }
    return out;
  }

  std::optional<actors::settled> settle_one(const actors::settlement& use, actors::unix_ms now) {
    for (auto& [name, queue] : work())
      for (auto each = queue.items.begin(); each != queue.items.end(); ++each) {
        if (each->second.lease.empty() || each->second.lease != use.lease) continue;
        actors::settled out;
        out.queue = name;
        if (use.what == actors::settling::ack) {
          queue.items.erase(each);
        } else if (use.what == actors::settling::extend) {
          each->second.due = now + use.lease_ms;
          out.lease_ms = use.lease_ms;
          out.next = each->second.due;
        } else {
          each->second.lease.clear();
        }
        return out;
      }
    return std::nullopt;
  }

  std::shared_ptr<fragility> when_;
  queues now_;
  queues kept_;
  std::uint64_t last_ = 0;
  std::string failure_; ///< of this turn
};

} // namespace squall::tests
