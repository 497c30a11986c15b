#pragma once

#include "proto/queue.hpp"
#include "tests/actors/queue/model_queue.hpp"

#include <algorithm>
#include <cstdint>
#include <list>
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
    serve();
  }

  void pause(const std::string& queue, bool paused) { queues.at(queue).settings.paused = paused; }
  void revive(const std::string& queue) { queues.at(queue).revive(); }

  /// Gives the number of items that are gone.
  std::uint64_t purge(const std::string& queue, bool dead) {
    auto& purged = queues.at(queue);
    const auto gone = std::erase_if(purged.items, [&](const model_item& each) {
      return dead ? each.at == item_state::dead
                  : each.at == item_state::ready || each.at == item_state::delayed;
    });
    purged.gone += gone;
    return gone;
  }

  /// A put, lease or join. Is served, or let wait, by `serve`.
  void ask(std::uint64_t asker, const proto::queue_request& request) {
    const model_waiter who{request, asker, 0};
    if (request.op != proto::queue_op::join && request.create) queues[request.queue];
    auto found = queues.find(request.queue);
    if (found == queues.end()) return refuse(who, proto::errc::not_found);
    const auto maxsize = found->second.settings.maxsize;
    if (maxsize > 0 && request.items.size() > maxsize)
      return refuse(who, proto::errc::invalid_params);
    found->second.line_of(request.op).push_back(who);
  }

  /// Asks for jobs, of which a single one may be waited for.
  void get(const model_get& who, const std::vector<std::string>& bodies) {
    auto& out = answers_[who.request];
    for (const auto& body : bodies) {
      const auto* job = find(body).second;
      if (!job) {
        out = {proto::errc::not_found, {}};
        return;
      }
      out.jobs.push_back(job_text(*job));
    }
    const auto* job = find(who.body).second;
    if (bodies.size() > 1 || who.deadline == now || who.is_served_by(*job)) return;
    answers_.erase(who.request);
    gets_.push_back(who);
  }

  void cancel_job(std::uint64_t request, const std::string& body) {
    auto* job = find(body).second;
    auto& out = answers_[request];
    if (!job) {
      out.code = proto::errc::not_found;
      return;
    }
    if (!job->ended()) job->end(item_state::cancelled, now);
    out.jobs.push_back(job_text(*job));
  }

  void cancel(std::uint64_t asker, std::uint64_t request) {
    leave([&](std::uint64_t who, std::uint64_t what) { return who == asker && what == request; });
  }

  /// Uses the lease of the item with this body, which must be held.
  void use(const proto::queue_request& use, const std::string& body) {
    const auto [queue, item] = find(body);
    switch (use.op) {
    case proto::queue_op::nack:
      return queue->fail(*item, use.delay_ms, use.dead, now);
    case proto::queue_op::extend:
      item->due = now + (use.lease_ms > 0 ? use.lease_ms : queue->settings.lease_ms);
      if (use.result.empty() || item->job.kind.empty()) return;
      item->progress = use.result;
      ++item->changes;
      return;
    case proto::queue_op::release:
      --item->attempt;
      item->move(item_state::ready);
      return;
    default: // an ack
      ++queue->acked;
      item->result = use.result;
      if (!item->job.kind.empty()) return item->end(item_state::done, now);
      std::erase_if(queue->items, [&](const auto& each) { return each.body == body; });
    }
  }

  /// Null when there is none.
  std::pair<model_queue*, model_item*> find(const std::string& body) {
    for (auto& [name, queue] : queues)
      for (auto& item : queue.items)
        if (item.body == body) return {&queue, &item};
    return {nullptr, nullptr};
  }

  /// Whether the item is in this attempt now. Attempts are counted anew when it is revived.
  bool held(const std::string& body, std::uint32_t attempt) {
    const auto* item = find(body).second;
    return item && item->at == item_state::leased && item->attempt == attempt;
  }

  void end_holder(std::uint64_t asker, std::uint64_t holder) {
    give_back([&](const model_item& each) { return each.asker == asker && each.holder == holder; });
  }

  void lose(std::uint64_t asker) {
    leave([&](std::uint64_t who, std::uint64_t) { return who == asker; });
    give_back([&](const model_item& each) { return each.asker == asker; });
  }

  void pass(std::uint64_t ms) {
    const auto until = now + ms;
    for (auto next = next_time(); next && *next <= until; next = next_time()) {
      now = std::max(now, *next);
      for (auto& [name, queue] : queues)
        queue.expire(now);
      serve();
      for (auto& [name, queue] : queues)
        give_up(queue, [&](const model_waiter& each) { return each.deadline <= now; });
      std::erase_if(gets_, [&](const model_get& each) {
        if (each.deadline > now) return false;
        answers_[each.request].jobs = {job_text(*find(each.body).second)};
        return true;
      });
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
    std::erase_if(gets_, [&](const model_get& each) {
      const auto* job = find(each.body).second;
      if (job && !each.is_served_by(*job)) return false;
      if (job)
        answers_[each.request].jobs.push_back(job_text(*job));
      else
        answers_[each.request].code = proto::errc::not_found;
      return true;
    });
  }

  /// What was answered since the last time.
  answers take() { return std::exchange(answers_, {}); }

private:
  void serve(model_queue& queue) {
    for (bool more = true; more;) {
      while (put_some(queue)) {
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

  /// Behind one that finds no room nobody finds any, but for what is there already.
  bool put_some(model_queue& queue) {
    bool full = false;
    const auto before = queue.putters.size();
    erase_in_order(queue.putters, [&](const model_waiter& each) {
      auto answer = queue.take(each.request.items, full, now);
      full |= !answer;
      if (!answer) return false;
      answers_[each.request.id] = std::move(*answer);
      return true;
    });
    return queue.putters.size() < before;
  }

  /// The first whom there is something for.
  bool lease_first(model_queue& queue) {
    const auto first = std::ranges::find_if(queue.getters, [&](const model_waiter& each) {
      return queue.next(each.request.kinds) != nullptr;
    });
    if (first == queue.getters.end()) return false;
    const auto who = *first;
    queue.getters.erase(first);
    answers_[who.request.id] = queue.hand_out(who, now);
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
  void leave(Condition condition) {
    for (auto& [name, queue] : queues)
      for (auto* line : {&queue.putters, &queue.getters, &queue.joiners})
        std::erase_if(*line,
                      [&](const auto& each) { return condition(each.asker, each.request.id); });
    std::erase_if(gets_, [&](const auto& each) { return condition(each.asker, each.request); });
  }

  template <class Condition>
  void give_back(Condition condition) {
    for (auto& [name, queue] : queues)
      for (auto& item : queue.items)
        if (item.at == item_state::leased && condition(item)) queue.fail(item, 0, false, now);
  }

  std::optional<std::uint64_t> next_time() const {
    std::optional<std::uint64_t> out;
    const auto consider = [&](std::uint64_t time) { out = out ? std::min(*out, time) : time; };
    for (const auto& each : gets_)
      consider(each.deadline);
    for (const auto& [name, queue] : queues) {
      for (const auto& item : queue.items)
        if (item.next() > 0) consider(item.next());
      for (const auto* line : {&queue.putters, &queue.getters, &queue.joiners})
        for (const auto& each : *line)
          consider(each.deadline);
    }
    return out;
  }

  void refuse(const model_waiter& who, proto::errc code) { answers_[who.request.id].code = code; }

  std::list<model_get> gets_;
  answers answers_;
};

} // namespace squall::tests
