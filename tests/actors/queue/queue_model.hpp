#pragma once

#include "proto/queue.hpp"
#include "tests/actors/queue/model_queue.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

/// The queues of a broker as simply as they can be told: lists that are searched from their
/// beginning, and everything is looked at after every change. Without bounds of memory.
class queue_model {
public:
  using item_state = model_item::state;
  using answers = std::map<std::uint64_t, model_answer>;

  std::uint64_t now = 0;
  std::map<std::string, model_queue> queues;

  void define(const std::string& queue, const proto::queue_settings& settings) {
    const bool paused = queues[queue].settings.paused;
    queues[queue].settings = settings;
    queues[queue].settings.paused = paused;
    // Those that can never be served any more are told so.
    std::erase_if(queues[queue].putters, [&](const model_waiter& each) {
      const bool never = settings.maxsize > 0 && each.request.items.size() > settings.maxsize;
      if (never) refuse(each, proto::errc::invalid_params);
      return never;
    });
    serve();
  }

  void remove(const std::string& queue) {
    auto& gone = queues.at(queue);
    for (auto* line : {&gone.putters, &gone.getters, &gone.joiners})
      for (const auto& each : *line)
        refuse(each, proto::errc::not_found);
    queues.erase(queue);
  }

  void pause(const std::string& queue, bool paused) { queues.at(queue).settings.paused = paused; }

  /// Gives the number of items that are gone.
  std::uint64_t purge(const std::string& queue, bool dead) {
    auto& purged = queues.at(queue);
    const auto gone = std::erase_if(purged.items, [&](const model_item& each) {
      return dead ? each.at == item_state::dead
                  : each.at == item_state::ready || each.at == item_state::delayed;
    });
    purged.purged += gone;
    return gone;
  }

  /// A put, lease or join. Is served, or let wait, by `serve`.
  void ask(std::uint64_t asker, const proto::queue_request& request) {
    const model_waiter who{request, asker, 0};
    if (request.op == proto::queue_op::lease && request.create) queues[request.queue];
    auto found = queues.find(request.queue);
    if (found == queues.end()) return refuse(who, proto::errc::not_found);
    const auto maxsize = found->second.settings.maxsize;
    if (maxsize > 0 && request.items.size() > maxsize)
      return refuse(who, proto::errc::invalid_params);
    line_of(found->second, request.op).push_back(who);
  }

  void cancel(std::uint64_t asker, std::uint64_t request) {
    leave([&](const model_waiter& each) {
      return each.asker == asker && each.request.id == request;
    });
  }

  /// Uses the lease of the item with this body, which must be held.
  void use(proto::queue_op op, const std::string& body, std::uint32_t ms) {
    for (auto& [name, queue] : queues)
      for (auto& item : queue.items) {
        if (item.body != body) continue;
        if (op == proto::queue_op::nack) fail(queue, item, ms);
        if (op == proto::queue_op::extend) item.due = now + (ms > 0 ? ms : queue.settings.lease_ms);
        if (op == proto::queue_op::release) {
          --item.attempt;
          item.at = item_state::ready;
        }
        if (op == proto::queue_op::ack) {
          ++queue.acked;
          std::erase_if(queue.items, [&](const auto& each) { return each.body == body; });
        }
        return;
      }
  }

  /// Whether the item is in this attempt now. Attempts are counted anew when it is revived.
  bool held(const std::string& body, std::uint32_t attempt) const {
    for (const auto& [name, queue] : queues)
      for (const auto& item : queue.items)
        if (item.body == body) return item.at == item_state::leased && item.attempt == attempt;
    return false;
  }

  void end_holder(std::uint64_t asker, std::uint64_t holder) {
    give_back([&](const model_item& each) { return each.asker == asker && each.holder == holder; });
  }

  void lose(std::uint64_t asker) {
    leave([&](const model_waiter& each) { return each.asker == asker; });
    give_back([&](const model_item& each) { return each.asker == asker; });
  }

  void revive(const std::string& queue) {
    for (auto& item : queues.at(queue).items)
      if (item.at == item_state::dead) {
        item.at = item_state::ready;
        item.attempt = 0;
      }
  }

  void pass(std::uint64_t ms) {
    const auto until = now + ms;
    for (auto next = next_time(); next && *next <= until; next = next_time()) {
      now = *next;
      for (auto& [name, queue] : queues)
        for (auto& item : queue.items) {
          if (item.due > now) continue;
          if (item.at == item_state::leased) fail(queue, item, 0);
          if (item.at == item_state::delayed) item.at = item_state::ready;
        }
      serve();
      for (auto& [name, queue] : queues)
        give_up(queue, [&](const model_waiter& each) { return each.deadline <= now; });
      serve();
    }
    now = until;
  }

  /// Serves all who can be, and lets the others wait.
  void serve() {
    for (auto& [name, queue] : queues) {
      serve(queue);
      // One after another: who gives up may make way for the next.
      while (give_up_first(queue))
        serve(queue);
      for (auto* line : {&queue.putters, &queue.getters, &queue.joiners})
        for (auto& each : *line)
          if (each.deadline == 0) each.deadline = now + each.request.timeout_ms;
    }
  }

  /// What was answered since the last time.
  answers take() { return std::exchange(answers_, {}); }

private:
  static model_queue::line& line_of(model_queue& queue, proto::queue_op op) {
    if (op == proto::queue_op::put) return queue.putters;
    return op == proto::queue_op::lease ? queue.getters : queue.joiners;
  }

  void serve(model_queue& queue) {
    for (bool more = true; more;) {
      while (put_first(queue)) {
      }
      more = false;
      while (lease_first(queue))
        more = true;
    }
    if (queue.unfinished() > 0) return;
    for (const auto& each : queue.joiners)
      answers_[each.request.id] = {};
    queue.joiners.clear();
  }

  bool put_first(model_queue& queue) {
    if (queue.putters.empty()) return false;
    const auto& request = queue.putters.front().request;
    const auto maxsize = queue.settings.maxsize;
    if (maxsize > 0 && queue.count(item_state::ready) + request.items.size() > maxsize)
      return false;
    for (const auto& each : request.items) {
      auto& added = queue.items.emplace_back();
      added.body = each.body;
      added.number = ++last_number_;
      added.priority = each.priority;
      if (each.delay_ms == 0) continue;
      added.at = item_state::delayed;
      added.due = now + each.delay_ms;
    }
    queue.put += request.items.size();
    answers_[request.id] = {};
    queue.putters.pop_front();
    return true;
  }

  bool lease_first(model_queue& queue) {
    if (queue.getters.empty() || !queue.next()) return false;
    const auto who = queue.getters.front();
    queue.getters.pop_front();
    auto& answer = answers_[who.request.id];
    for (auto* item = queue.next(); item && answer.items.size() < who.request.count;
         item = queue.next()) {
      item->at = item_state::leased;
      item->due = now + (who.request.lease_ms > 0 ? who.request.lease_ms : queue.settings.lease_ms);
      item->asker = who.asker;
      item->holder = who.request.holder;
      answer.items.emplace_back(item->body, ++item->attempt);
    }
    return true;
  }

  bool give_up_first(model_queue& queue) {
    bool found = false;
    give_up(queue, [&](const model_waiter& each) {
      const bool first = !found && each.deadline == 0 && each.request.timeout_ms == 0;
      found |= first;
      return first;
    });
    return found;
  }

  template <class Condition>
  void give_up(model_queue& queue, Condition condition) {
    const auto with = [&](proto::errc code) {
      return [this, condition, code](const model_waiter& each) mutable {
        if (!condition(each)) return false;
        refuse(each, code);
        return true;
      };
    };
    erase_in_order(queue.putters, with(proto::errc::queue_full));
    erase_in_order(queue.getters, with(proto::errc::none));
    erase_in_order(queue.joiners, with(proto::errc::deadline_exceeded));
  }

  template <class Condition>
  static void erase_in_order(model_queue::line& line, Condition condition) {
    for (auto each = line.begin(); each != line.end();)
      each = condition(*each) ? line.erase(each) : std::next(each);
  }

  template <class Condition>
  void leave(Condition condition) {
    for (auto& [name, queue] : queues)
      for (auto* line : {&queue.putters, &queue.getters, &queue.joiners})
        erase_in_order(*line, condition);
  }

  template <class Condition>
  void give_back(Condition condition) {
    for (auto& [name, queue] : queues)
      for (auto& item : queue.items)
        if (item.at == item_state::leased && condition(item)) fail(queue, item, 0);
  }

  void fail(const model_queue& queue, model_item& item, std::uint32_t delay_ms) const {
    item.at = delay_ms > 0 ? item_state::delayed : item_state::ready;
    item.due = now + delay_ms;
    if (item.attempt >= queue.settings.max_attempts) item.at = item_state::dead;
  }

  std::optional<std::uint64_t> next_time() const {
    std::optional<std::uint64_t> out;
    const auto consider = [&](std::uint64_t time) { out = out ? std::min(*out, time) : time; };
    for (const auto& [name, queue] : queues) {
      for (const auto& item : queue.items)
        if (item.at == item_state::leased || item.at == item_state::delayed) consider(item.due);
      for (const auto* line : {&queue.putters, &queue.getters, &queue.joiners})
        for (const auto& each : *line)
          consider(each.deadline);
    }
    return out;
  }

  void refuse(const model_waiter& who, proto::errc code) { answers_[who.request.id].code = code; }

  answers answers_;
  std::uint64_t last_number_ = 0;
};

} // namespace squall::tests
