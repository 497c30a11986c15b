#pragma once

#include "actors/queue/memory_item.hpp"
#include "actors/queue/rate_bucket.hpp"
#include "actors/queue/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace squall::actors {

/// One queue of a memory store: its items, who is next, and its books. Every change takes
/// O(log items). Not thread-safe.
class memory_queue {
public:
  memory_queue(std::string name, const proto::queue_settings& settings)
      : name_{std::move(name)}, settings_{settings} {}
  memory_queue(const memory_queue&) = delete;
  memory_queue& operator=(const memory_queue&) = delete;

  const std::string& name() const noexcept { return name_; }
  const proto::queue_settings& settings() const noexcept { return settings_; }
  void set(const proto::queue_settings& settings);

  /// Whether `more` items fit now.
  bool has_room(std::size_t more) const noexcept;

  /// A new item, ready. `job`: null when it is none.
  memory_item& add(std::uint64_t id, proto::new_item&& item, std::unique_ptr<memory_job> job,
                   unix_ms now);
  void move(memory_item& item, item_state to);
  void erase(memory_item& item);

  /// Of jobs of these kinds ("": items that are no jobs), or of all items when there are none.
  /// Null when nothing is ready. Takes O(kinds), however many other items are ready.
  memory_item* next(std::span<const std::string> kinds) const noexcept;
  /// Null when it has no item of this number.
  memory_item* find(std::uint64_t id) noexcept;
  /// The job with this unique key that is not ended; null when there is none.
  memory_item* unique(std::string_view key) const noexcept;
  /// In the order in which they died.
  const std::map<std::uint64_t, memory_item*>& dead() const noexcept { return dead_; }
  std::unordered_map<std::uint64_t, memory_item>& items() noexcept { return items_; }

  proto::queue_stats stats(unix_ms now) const;

  /// What happens to items is counted by the store, where they are by the queue.
  queue_books books;
  rate_bucket rate;
  /// Of the last `put` of the store that found no room here.
  std::uint64_t refused_in = 0;

private:
  /// Sorts ready items in the order in which they are handed out.
  struct place {
    std::uint64_t rank = 0;
    std::uint64_t number = 0;
    memory_item* item = nullptr;

    friend bool operator<(const place& a, const place& b) noexcept {
      return a.rank != b.rank ? a.rank < b.rank : a.number < b.number;
    }
  };

  using places = std::set<place>;

  place place_of(memory_item& item) const noexcept;
  places sorted(const places& as_before) const;
  void add_place(places& to, memory_item& item) const;
  void enter(memory_item& item, item_state state);
  void leave(memory_item& item);
  const memory_item* oldest_of(const places& ready) const noexcept;
  const memory_item* oldest_ready() const noexcept;

  std::string name_;
  proto::queue_settings settings_;
  std::unordered_map<std::uint64_t, memory_item> items_;
  places plain_;                                              ///< ready items that are no jobs
  places jobs_;                                               ///< ready jobs of all kinds,
  std::map<std::string, places, std::less<>> kinds_;          ///< and those of each; none is empty
  std::unordered_map<std::string_view, memory_item*> unique_; ///< the keys are the items' own
  std::map<std::uint64_t, memory_item*> dead_;
  std::uint64_t deaths_ = 0;
};

} // namespace squall::actors
