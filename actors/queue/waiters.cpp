#include "actors/queue/waiters.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace squall::actors {
namespace {

/// Of a waiting put; what it takes beside its items' bodies is not little either.
std::size_t bytes_of(const proto::queue_request& request) {
  auto out = sizeof(waiter) + request.items.size() * sizeof(proto::new_item);
  for (const auto& [body, priority, delay_ms, job] : request.items)
    out += body.size() + job.kind.size() + job.idempotency_key.size() + job.unique_key.size();
  return out;
}

} // namespace

std::list<waiter>& queue_lines::line_of(const proto::queue_request& request) {
  switch (request.op) {
  case proto::queue_op::put:
    return putters;
  case proto::queue_op::lease:
    return getters[request.kinds].waiters;
  case proto::queue_op::job_get:
    return watchers;
  default:
    return joiners;
  }
}

std::size_t queue_lines::getting() const noexcept {
  std::size_t out = 0;
  for (const auto& [kinds, line] : getters)
    out += line.waiters.size();
  return out;
}

void queue_lines::settle_down() {
  touched = puts_due = leases_due = joins_due = job_changed = job_ended = false;
  puts_tried = leases_tried = 0;
  std::erase_if(getters, [](const auto& each) { return each.second.waiters.empty(); });
  set_leases_due(false);
}

void queue_lines::set_leases_due(bool due) noexcept {
  for (auto& [kinds, line] : getters)
    line.due = due;
}

void queue_lines::set_leases_due_of(const std::string& kind) noexcept {
  for (auto& [kinds, line] : getters)
    line.due |= kinds.empty() || std::ranges::find(kinds, kind) != kinds.end();
}

due_getters::due_getters(queue_lines& lines) {
  for (auto& [kinds, line] : lines.getters)
    if (line.due && !line.waiters.empty()) heads_.push_back({line.waiters.begin(), &line});
  std::ranges::make_heap(heads_, later);
}

waiter* due_getters::next() {
  if (heads_.empty()) return nullptr;
  std::ranges::pop_heap(heads_, later);
  auto& [at, line] = heads_.back();
  auto* const out = &*at;
  line->due = ++at != line->waiters.end();
  if (line->due)
    std::ranges::push_heap(heads_, later);
  else
    heads_.pop_back();
  return out;
}

std::size_t share_of(const waiter& first, std::size_t& tried) {
  constexpr std::size_t few = 8;
  if (!first.waits) return std::numeric_limits<std::size_t>::max();
  return tried = std::max(few, tried * 2);
}

std::string lines_name(const proto::queue_request& request) {
  return request.op == proto::queue_op::job_get ? lines_name(proto::item_of(request.jobs.at(0)))
                                                : request.queue;
}

std::string lines_name(std::uint64_t job) {
  return "job:" + std::to_string(job);
}

queue_lines& waiters::lines_of(const std::string& name) {
  auto& out = lines_[name];
  if (out.name.empty()) out.name = name;
  return out;
}

const queue_lines* waiters::find_lines(const std::string& name) const {
  auto found = lines_.find(name);
  return found == lines_.end() ? nullptr : &found->second;
}

queue_lines* waiters::find_lines(const std::string& name) {
  auto found = lines_.find(name);
  return found == lines_.end() ? nullptr : &found->second;
}

waiter& waiters::add(queue_lines& at, std::uint64_t asker, proto::queue_request&& request,
                     std::uint64_t turn) {
  auto& line = at.line_of(request);
  auto& out = line.emplace_back();
  out.asker = asker;
  out.request = std::move(request);
  out.at = &at;
  out.line = &line;
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
  who.line->erase(who.self);
}

waiter waiters::take_out(waiter& who) {
  leave(who);
  auto& line = *who.line;
  const auto self = who.self;
  auto out = std::move(who);
  line.erase(self);
  return out;
}

waiter& waiters::put_back(waiter&& who) {
  auto& lines = lines_of(lines_name(who.request));
  auto& line = lines.line_of(who.request);
  const auto next = std::ranges::find_if(
      line, [number = who.number](const waiter& each) { return each.number > number; });
  const auto self = line.insert(next, std::move(who));
  self->at = &lines;
  self->line = &line;
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

std::vector<waiter*> waiters::due(unix_ms until) const {
  std::vector<waiter*> out;
  for (const auto& [when, who] : deadlines_) {
    if (when.first > until) break;
    out.push_back(who);
  }
  return out;
}

} // namespace squall::actors
