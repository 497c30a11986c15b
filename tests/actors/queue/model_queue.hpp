#pragma once

#include "proto/queue.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

/// An item of the model, told from others by its body.
struct model_item {
  enum class state { ready, delayed, leased, dead };

  std::string body;
  std::uint64_t number = 0; ///< in the order of the puts
  std::uint8_t priority = 5;
  state at = state::ready;
  std::uint32_t attempt = 0;
  std::uint64_t due = 0;
  std::uint64_t asker = 0; ///< that leased it
  std::uint64_t holder = 0;
};

struct model_waiter {
  proto::queue_request request;
  std::uint64_t asker = 0;
  std::uint64_t deadline = 0; ///< 0: came in this turn
};

/// What a request must be answered with.
struct model_answer {
  proto::errc code = proto::errc::none;
  std::vector<std::pair<std::string, std::uint32_t>> items; ///< leased: body and attempt

  friend bool operator==(const model_answer&, const model_answer&) = default;
};

struct model_queue {
  using line = std::deque<model_waiter>;

  proto::queue_settings settings;
  std::vector<model_item> items;
  line putters, getters, joiners;
  std::uint64_t put = 0;
  std::uint64_t acked = 0;
  std::uint64_t purged = 0;

  std::uint64_t count(model_item::state at) const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(items, [&](const auto& each) { return each.at == at; }));
  }
  std::uint64_t unfinished() const { return items.size() - count(model_item::state::dead); }
  /// The ready item that goes out next; null when there is none, or the queue is paused.
  model_item* next() {
    const auto place = [&](const model_item& each) {
      if (settings.order == proto::queue_order::lifo) return std::pair{0, ~each.number};
      const bool sorted = settings.order == proto::queue_order::priority;
      return std::pair{sorted ? -each.priority : 0, each.number};
    };
    model_item* out = nullptr;
    if (settings.paused) return out;
    for (auto& each : items)
      if (each.at == model_item::state::ready && (!out || place(each) < place(*out))) out = &each;
    return out;
  }
};

} // namespace squall::tests
