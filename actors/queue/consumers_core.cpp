#include "actors/queue/consumers_core.hpp"

#include <algorithm>

namespace squall::actors {

using proto::queue_op;
using std::chrono::milliseconds;

consumers_core::consumers_core(std::string queue, std::uint32_t tokens, milliseconds call_timeout)
    : queue_{std::move(queue)}, call_timeout_{call_timeout}, plan_{tokens} {}

void consumers_core::add(std::uint32_t link) {
  if (draining_) return;
  for (auto& each : gateways_)
    recall(each);
  gateways_.emplace_back().link = link;
  plan_.add(link);
}

void consumers_core::remove(std::uint32_t link) {
  plan_.remove(link);
  std::erase_if(gateways_, [&](const gateway& each) { return each.link == link; });
  for (auto& [id, item] : items_)
    if (item.link == link) lose(id, item);
}

consumers_core::gateway* consumers_core::find(std::uint32_t link) {
  auto at = std::ranges::find(gateways_, link, &gateway::link);
  return at == gateways_.end() ? nullptr : &*at;
}

void consumers_core::on_answers(std::uint32_t link, std::vector<proto::queue_answer>& answers,
                                steady::time_point now) {
  auto from = find(link);
  if (from == nullptr) return;
  for (auto& answer : answers) {
    if (answer.op == queue_op::lease)
      on_leased(*from, answer, now);
    else if (answer.op == queue_op::extend)
      on_extended(answer, now);
    else if (from->unanswered > 0)
      --from->unanswered;
  }
}

void consumers_core::on_leased(gateway& from, proto::queue_answer& answer, steady::time_point now) {
  if (answer.id != from.lease) { // it was taken back, too late
    for (auto& item : answer.items)
      settle(from, queue_op::release, std::move(item.lease));
    return;
  }
  from.lease = 0;
  plan_.answered(from.link, static_cast<std::uint32_t>(answer.items.size()),
                 answer.code != proto::errc::none, now);
  for (auto& item : answer.items)
    begin(from, item, now);
}

void consumers_core::begin(gateway& from, proto::leased_item& item, steady::time_point now) {
  const auto id = ++last_id_;
  auto& held = items_[id];
  held.link = from.link;
  held.lease = std::move(item.lease);
  held.lease_ms = item.lease_ms;
  extend_at(id, held, now + milliseconds{item.lease_ms} / 2);
  orders_.start.push_back(
      {id, from.link, item.attempt, 0, 0, now + call_timeout_, std::move(item.body)});
}

void consumers_core::on_extended(const proto::queue_answer& answer, steady::time_point now) {
  auto at = items_.find(answer.id);
  if (at == items_.end() || at->second.lost) return;
  auto& item = at->second;
  if (answer.code == proto::errc::none) {
    item.lease_ms = answer.lease_ms;
    extend_at(answer.id, item, now + milliseconds{item.lease_ms} / 2);
  } else if (answer.code == proto::errc::lease_lost || answer.code == proto::errc::not_found) {
    lose(answer.id, item);
  } else { // there is still time to try again
    extend_at(answer.id, item, now + milliseconds{item.lease_ms} / 8);
  }
}

std::optional<consumers_core::held> consumers_core::take(std::uint64_t id) {
  auto at = items_.find(id);
  if (at == items_.end()) return std::nullopt;
  stop_extending(id, at->second);
  auto item = std::move(at->second);
  items_.erase(at);
  plan_.item_ended();
  if (item.lost) return std::nullopt;
  return item;
}

void consumers_core::on_returned(std::uint64_t id) {
  if (auto item = take(id)) settle(*find(item->link), queue_op::release, std::move(item->lease));
}

void consumers_core::on_results(std::vector<proto::result>& results) {
  for (auto& result : results) {
    auto item = take(result.id);
    if (!item) continue;
    auto& to = *find(item->link);
    if (result.code == proto::errc::none) {
      settle(to, queue_op::ack, std::move(item->lease));
    } else {
      auto& nack = settle(to, queue_op::nack, std::move(item->lease));
      nack.error = std::string{proto::describe(result.code).name} + ": " + result.body;
      nack.backoff = true;
    }
  }
}

proto::queue_request& consumers_core::request(gateway& at, queue_op op) {
  auto& made = at.out.requests.emplace_back();
  made.id = ++last_id_;
  made.op = op;
  return made;
}

proto::queue_request& consumers_core::settle(gateway& at, queue_op op, std::string lease) {
  auto& made = request(at, op);
  made.lease = std::move(lease);
  ++at.unanswered;
  return made;
}

void consumers_core::recall(gateway& from) {
  if (from.lease == 0) return;
  from.out.cancelled.push_back(std::exchange(from.lease, 0));
  plan_.recalled(from.link);
}

void consumers_core::lose(std::uint64_t id, held& item) {
  if (std::exchange(item.lost, true)) return;
  stop_extending(id, item);
  orders_.stop.emplace_back(item.link, id);
}

void consumers_core::extend_at(std::uint64_t id, held& item, steady::time_point when) {
  item.extend_at = when;
  extensions_.emplace(when, id);
}

void consumers_core::stop_extending(std::uint64_t id, held& item) {
  if (item.extend_at) extensions_.erase({*item.extend_at, id});
  item.extend_at.reset();
}

void consumers_core::drain() {
  if (std::exchange(draining_, true)) return;
  for (auto& each : gateways_) {
    recall(each);
    // Answers come in the order of requests: behind this one no leased item is on its way.
    settle(each, queue_op::stats, {}).queue = queue_;
  }
}

bool consumers_core::is_drained() const {
  return draining_ && items_.empty() &&
         std::ranges::all_of(gateways_, [](auto& each) { return each.unanswered == 0; });
}

void consumers_core::extend_due(steady::time_point now) {
  while (!extensions_.empty() && extensions_.begin()->first <= now) {
    const auto id = extensions_.begin()->second;
    auto& item = items_.at(id);
    stop_extending(id, item);
    auto& extension = request(*find(item.link), queue_op::extend);
    extension.id = id;
    extension.lease = item.lease;
  }
}

void consumers_core::lease_more(steady::time_point now) {
  for (const auto& ask : plan_.next(now)) {
    auto& at = *find(ask.gateway);
    auto& lease = request(at, queue_op::lease);
    at.lease = lease.id;
    lease.queue = queue_;
    lease.timeout_ms = static_cast<std::uint32_t>(ask.wait.count());
    lease.count = ask.count;
    lease.create = true;
  }
}

std::vector<std::pair<std::uint32_t, proto::queue_batch>>
consumers_core::take_batches(steady::time_point now) {
  extend_due(now);
  if (!draining_) lease_more(now);
  std::vector<std::pair<std::uint32_t, proto::queue_batch>> batches;
  for (auto& each : gateways_)
    if (!each.out.requests.empty() || !each.out.cancelled.empty())
      batches.emplace_back(each.link, std::exchange(each.out, {}));
  return batches;
}

std::optional<steady::time_point> consumers_core::next_look() const {
  auto soonest = draining_ ? std::nullopt : plan_.next_look();
  if (!extensions_.empty() && (!soonest || extensions_.begin()->first < *soonest))
    soonest = extensions_.begin()->first;
  return soonest;
}

} // namespace squall::actors
