#include "actors/queue/waiters.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace squall::actors {
namespace {

/// Of a waiting put; what it takes beside its items' bodies is not little either.
std::size_t bytes_of(const proto::queue_request& request) {
  auto out = sizeof(waiter) + request.items.size() * sizeof(proto::new_item);
  for (const auto& each : request.items)
    out += each.body.size();
  return out;
}

} // namespace

std::list<waiter>& queue_lines::line_of(proto::queue_op op) noexcept {
  if (op == proto::queue_op::put) return putters;
  return op == proto::queue_op::lease ? getters : joiners;
}

queue_lines& waiters::lines_of(const std::string& queue) {
  auto& out = lines_[queue];
  if (out.name.empty()) out.name = queue;
  return out;
}

const queue_lines* waiters::find_lines(std::string_view queue) const {
  auto found = lines_.find(std::string{queue});
  return found == lines_.end() ? nullptr : &found->second;
}

waiter& waiters::add(queue_lines& at, std::uint64_t asker, proto::queue_request&& request,
                     std::uint64_t turn) {
  auto& line = at.line_of(request.op);
  auto& out = line.emplace_back();
  out.asker = asker;
  out.request = std::move(request);
  out.at = &at;
  out.self = std::prev(line.end());
  out.number = ++last_;
  out.turn = turn;
  return out;
}

void waiters::keep(waiter& who, unix_ms deadline) {
  who.waits = true;
  who.deadline = deadline;
  who.bytes = who.request.op == proto::queue_op::put ? bytes_of(who.request) : 0;
  enter(who);
}

void waiters::erase(waiter& who) {
  if (who.waits) leave(who);
  who.at->line_of(who.request.op).erase(who.self);
}

waiter waiters::take_out(waiter& who) {
  leave(who);
  auto& line = who.at->line_of(who.request.op);
  const auto self = who.self;
  auto out = std::move(who);
  line.erase(self);
  return out;
}

waiter& waiters::put_back(waiter&& who) {
  auto& lines = lines_of(who.request.queue);
  auto& line = lines.line_of(who.request.op);
  const auto next = std::ranges::find_if(
      line, [number = who.number](const waiter& each) { return each.number > number; });
  const auto self = line.insert(next, std::move(who));
  self->at = &lines;
  self->self = self;
  enter(*self);
  return *self;
}

void waiters::enter(waiter& who) {
  put_bytes_ += who.bytes;
  deadlines_.insert({{who.deadline, who.number}, &who});
  if (who.request.id != 0) by_asker_[who.asker].emplace(who.request.id, &who);
}

void waiters::leave(waiter& who) {
  put_bytes_ -= who.bytes;
  deadlines_.erase({{who.deadline, who.number}, &who});
  auto asker = by_asker_.find(who.asker);
  if (find(who.asker, who.request.id) == &who) asker->second.erase(who.request.id);
  if (asker != by_asker_.end() && asker->second.empty()) by_asker_.erase(asker);
}

waiter* waiters::find(std::uint64_t asker, std::uint64_t request) noexcept {
  auto of_asker = by_asker_.find(asker);
  if (of_asker == by_asker_.end()) return nullptr;
  auto found = of_asker->second.find(request);
  return found == of_asker->second.end() ? nullptr : found->second;
}

std::vector<waiter*> waiters::of_asker(std::uint64_t asker) const {
  std::vector<waiter*> out;
  if (auto found = by_asker_.find(asker); found != by_asker_.end())
    for (const auto& [id, who] : found->second)
      out.push_back(who);
  return out;
}

std::vector<queue_lines*> waiters::all_lines() {
  std::vector<queue_lines*> out;
  for (auto& [name, lines] : lines_)
    out.push_back(&lines);
  return out;
}

waiter* waiters::first_due() const noexcept {
  return deadlines_.empty() ? nullptr : deadlines_.begin()->second;
}

} // namespace squall::actors
