#include "actors/queue/consumers_core.hpp"

#include <algorithm>

namespace squall::actors {

using proto::queue_op;
using std::chrono::milliseconds;

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
  for (auto id : items_.of(link))
    lose(link, id);
}

consumers_core::gateway* consumers_core::find(std::uint32_t link) {
  auto at = std::ranges::find(gateways_, link, &gateway::link);
  return at == gateways_.end() ? nullptr : &*at;
}

void consumers_core::on_answers(std::uint32_t link, proto::queue_answers& batch,
                                steady::time_point now) {
  auto from = find(link);
  if (from == nullptr) return;
  for (auto& answer : batch.answers) {
    if (answer.op == queue_op::lease)
      on_leased(*from, answer, now);
    else if (answer.op != queue_op::extend)
      from->unanswered -= from->unanswered > 0 ? 1 : 0;
    else if (!lost_.contains(answer.id) && items_.on_extended(answer, now))
      lose(link, answer.id);
  }
  for (const auto& lease : batch.revoked)
    if (auto id = items_.find(lease)) lose(link, *id);
}

void consumers_core::on_leased(gateway& from, proto::queue_answer& answer, steady::time_point now) {
  if (answer.id != from.lease) { // it was taken back, too late
    for (auto& item : answer.items)
      release(from, std::move(item.lease));
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
  const auto time = item.timeout_ms > 0 ? milliseconds{item.timeout_ms} : task_.call_timeout;
  orders_.start.push_back({id, from.link, item.attempt, 0, 0, now + time, std::move(item.body)});
  items_.add(id, from.link, item, now);
}

std::optional<held_lease> consumers_core::take(std::uint64_t id) {
  auto item = items_.take(id);
  if (item) plan_.item_ended();
  if (lost_.erase(id) > 0) return std::nullopt;
  return item;
}

void consumers_core::on_returned(std::uint64_t id) {
  if (auto item = take(id)) release(*find(item->owner), std::move(item->lease));
}

void consumers_core::on_results(std::vector<proto::result>& results) {
  for (auto& result : results) {
    auto item = take(result.id);
    if (!item) continue;
    auto settlement = settlement_of(*item, result, task_.most_result_bytes);
    settlement.worker = task_.worker;
    settle(*find(item->owner), std::move(settlement));
  }
}

void consumers_core::settle(gateway& at, proto::queue_request&& request) {
  request.id = ++last_id_;
  at.out.requests.push_back(std::move(request));
  ++at.unanswered;
}

void consumers_core::release(gateway& at, std::string lease) {
  proto::queue_request made;
  made.op = queue_op::release;
  made.lease = std::move(lease);
  settle(at, std::move(made));
}

void consumers_core::recall(gateway& from) {
  if (from.lease == 0) return;
  from.out.cancelled.push_back(std::exchange(from.lease, 0));
  plan_.recalled(from.link);
}

void consumers_core::lose(std::uint32_t link, std::uint64_t id) {
  if (!lost_.insert(id).second) return;
  items_.stop_extending(id);
  orders_.stop.emplace_back(link, id);
}

void consumers_core::drain() {
  if (std::exchange(draining_, true)) return;
  for (auto& each : gateways_) {
    recall(each);
    // Answers come in the order of requests: behind this one no leased item is on its way.
    proto::queue_request last;
    last.op = queue_op::stats;
    last.queue = task_.queue;
    settle(each, std::move(last));
  }
}

bool consumers_core::is_drained() const {
  return draining_ && items_.empty() &&
         std::ranges::all_of(gateways_, [](auto& each) { return each.unanswered == 0; });
}

void consumers_core::lease_more(steady::time_point now) {
  for (const auto& ask : plan_.next(now)) {
    auto& at = *find(ask.gateway);
    auto& lease = at.out.requests.emplace_back();
    lease.id = at.lease = ++last_id_;
    lease.op = queue_op::lease;
    lease.queue = task_.queue;
    lease.timeout_ms = static_cast<std::uint32_t>(ask.wait.count());
    lease.count = ask.count;
    lease.create = true;
    lease.kinds = {"", task_.kind};
  }
}

std::vector<std::pair<std::uint32_t, proto::queue_batch>>
consumers_core::take_batches(steady::time_point now) {
  for (auto& [link, extension] : items_.extend_due(now))
    find(link)->out.requests.push_back(std::move(extension));
  if (!draining_) lease_more(now);
  std::vector<std::pair<std::uint32_t, proto::queue_batch>> batches;
  for (auto& each : gateways_)
    if (!each.out.requests.empty() || !each.out.cancelled.empty())
      batches.emplace_back(each.link, std::exchange(each.out, {}));
  return batches;
}

std::optional<steady::time_point> consumers_core::next_look() const {
  auto soonest = items_.next();
  if (draining_) return soonest;
  if (auto look = plan_.next_look(); look && (!soonest || *look < *soonest)) soonest = look;
  return soonest;
}

} // namespace squall::actors
