#include "actors/pool_queue.hpp"

#include <algorithm>
#include <cmath>

namespace squall::actors {
namespace {

using std::chrono::microseconds;

/// Weight of one run in the moving average of run times.
constexpr double weight = 1.0 / 16;
/// One run counts as so many times the average at most: a thread that the system held back for a
/// moment is no long call, and several long calls raise the average soon enough.
constexpr double most_above_mean = 8;
/// What a call is taken to last before any has ended: long.
constexpr std::uint32_t unknown_us = 1'000;

std::string_view reason(proto::errc why) {
  return why == proto::errc::deadline_exceeded ? "the call's time was over"
                                               : "the call was cancelled";
}

} // namespace

pool_queue::pool_queue(std::uint32_t slots, bool cpu_bound)
    : cpu_bound_{cpu_bound}, size_{slots}, slots_(slots), idle_(slots), present_{slots} {
  // The last one is woken first.
  for (std::uint32_t i = 0; i < slots; ++i)
    idle_[i] = slots - 1 - i;
}

std::uint32_t pool_queue::estimate(const queued_call& call) const {
  if (call.estimate_us != 0) return call.estimate_us;
  return mean_us_ > 0 ? static_cast<std::uint32_t>(std::ceil(mean_us_)) : unknown_us;
}

void pool_queue::wake(std::size_t count, std::vector<std::uint32_t>& woken) {
  for (; count > 0 && !idle_.empty(); --count) {
    woken.push_back(idle_.back());
    idle_.pop_back();
  }
}

std::vector<std::uint32_t> pool_queue::push(std::vector<queued_call>& calls,
                                            steady::time_point now) {
  std::lock_guard lock{mutex_};
  std::vector<std::uint32_t> woken;
  if (calls.empty() || closed_) return woken;
  if (queue_.empty()) progress_ = now;
  std::uint64_t work_us = 0;
  for (auto& call : calls) {
    call.estimate_us = estimate(call);
    work_us += call.estimate_us;
    queue_.push_back(std::move(call));
  }
  queued_us_ += work_us;
  auto worth = static_cast<std::uint64_t>(worth_waking.count());
  wake(std::min<std::uint64_t>(calls.size(), cpu_bound_ ? work_us / worth + 1 : calls.size()),
       woken);
  calls.clear();
  return woken;
}

std::vector<std::uint32_t> pool_queue::wake_idle() {
  std::lock_guard lock{mutex_};
  std::vector<std::uint32_t> woken;
  if (!closed_) wake(queue_.size(), woken);
  return woken;
}

bool pool_queue::is_brief() const {
  std::lock_guard lock{mutex_};
  return microseconds{queued_us_} < brief;
}

std::vector<link_results> pool_queue::collect() {
  std::lock_guard lock{mutex_};
  any_done_ = false;
  announced_ = false;
  return std::exchange(done_, {});
}

void pool_queue::answer(std::uint32_t link, proto::result&& result, steady::time_point now) {
  if (link == 0) return;
  if (!any_done_) {
    any_done_ = true;
    done_since_ = now;
  }
  auto i = std::ranges::find(done_, link, &link_results::link);
  if (i == done_.end()) i = done_.insert(i, {link, {}});
  i->results.push_back(std::move(result));
}

void pool_queue::refuse(const queued_call& call, proto::errc why, steady::time_point now) {
  answer(call.link, {call.id, call.attempt, why, 0, std::string{reason(why)}, {}}, now);
}

void pool_queue::end(running& current, outcome&& ended, steady::time_point now) {
  if (current.id == 0) return;
  --running_;
  progress_ = now;
  auto run_us = std::chrono::duration<double, std::micro>(now - current.started).count();
  auto sample = std::max(run_us, 0.01);
  if (mean_us_ > 0)
    sample = mean_us_ + (std::min(sample, mean_us_ * most_above_mean) - mean_us_) * weight;
  mean_us_ = sample;
  auto us = static_cast<std::uint32_t>(std::min(run_us, 4e9));
  if (current.stopped != proto::errc::none)
    ended = {current.stopped, std::string{reason(current.stopped)}, {}};
  answer(
      current.link,
      {current.id, current.attempt, ended.code, us, std::move(ended.body), std::move(ended.data)},
      now);
  current.id = 0;
}

bool pool_queue::take_front(running& current, pool_step& step, steady::time_point now) {
  while (!queue_.empty()) {
    step.call = std::move(queue_.front());
    queue_.pop_front();
    queued_us_ -= step.call->estimate_us;
    if (step.call->deadline > now) break;
    refuse(*step.call, proto::errc::deadline_exceeded, now);
    step.call.reset();
  }
  if (!step.call) return false;
  // A source whose stop nobody asked for serves the slot's next call too: making one costs more
  // than a short call. Handlers that wait may keep theirs for longer, and get their own.
  if (!cpu_bound_ || current.stopped != proto::errc::none || !current.source.stop_possible())
    current.source = std::stop_source{};
  step.stop = current.source.get_token();
  current.id = step.call->id;
  current.link = step.call->link;
  current.attempt = step.call->attempt;
  current.started = now;
  current.deadline = step.call->deadline;
  current.stopped = proto::errc::none;
  current.told.clear();
  current.told_last = {};
  ++running_;
  return true;
}

bool pool_queue::should_announce(steady::time_point now, const std::optional<queued_call>& before) {
  if (!any_done_ || announced_) return false;
  auto long_call = before && microseconds{before->estimate_us} > gather;
  announced_ = !before || long_call || now - done_since_ >= gather;
  return announced_;
}

pool_step pool_queue::next(std::uint32_t slot, steady::time_point now) {
  pool_step step;
  if (slot >= size_ && cpu_bound_ && !queue_.empty() && !idle_.empty()) {
    step.wake = idle_.back(); // in its stead
    idle_.pop_back();
  }
  if (slot >= size_ || closed_ || !take_front(slots_[slot], step, now)) {
    step.retired = slot >= size_;
    rest(slot);
  } else if (cpu_bound_ && !queue_.empty() && !idle_.empty()) {
    // Where handlers wait, `push` and `check` have woken a slot for every call already.
    auto working = present_ - idle_.size();
    auto expected = worth_waking * working;
    if (microseconds{step.call->estimate_us} > gather || microseconds{queued_us_} > expected) {
      step.wake = idle_.back();
      idle_.pop_back();
    }
  }
  step.announce = should_announce(now, step.call);
  return step;
}

pool_step pool_queue::begin(std::uint32_t slot, steady::time_point now) {
  std::lock_guard lock{mutex_};
  return next(slot, now);
}

pool_step pool_queue::advance(std::uint32_t slot, outcome&& ended, steady::time_point now) {
  std::lock_guard lock{mutex_};
  end(slots_[slot], std::move(ended), now);
  return next(slot, now);
}

bool pool_queue::finish(std::uint32_t slot, outcome&& ended, steady::time_point now) {
  std::lock_guard lock{mutex_};
  end(slots_[slot], std::move(ended), now);
  rest(slot);
  // Announced even when there is no answer for anybody: a slot is free for the next call.
  return !std::exchange(announced_, true);
}

void pool_queue::tell(std::uint32_t slot, const running_call& call, std::string progress) {
  if (progress.size() > proto::most_progress_bytes) return;
  std::lock_guard lock{mutex_};
  if (slot >= slots_.size()) return;
  auto& current = slots_[slot];
  if (static_cast<const running_call&>(current) == call && call.link != 0)
    current.told = std::move(progress);
}

pool_check pool_queue::check(steady::time_point now) {
  pool_check found;
  std::vector<std::stop_source> stops;
  {
    std::lock_guard lock{mutex_};
    for (auto& current : slots_) {
      if (current.id == 0 || current.stopped != proto::errc::none) continue;
      if (current.deadline <= now) {
        current.stopped = proto::errc::deadline_exceeded;
        stops.push_back(current.source);
      } else if (!current.told.empty() && now - current.told_last >= between_words) {
        current.told_last = now;
        found.progress.push_back(
            {current.link, {current.id, current.attempt, std::exchange(current.told, {})}});
      }
    }
    std::erase_if(queue_, [&](const queued_call& call) {
      if (call.deadline > now) return false;
      queued_us_ -= call.estimate_us;
      refuse(call, proto::errc::deadline_exceeded, now);
      return true;
    });
    wake(queue_.size(), found.wake);
    auto free = size_ - std::min(size_, running_); // woken, but not there yet
    auto stalled = now - progress_ > patience;
    if (std::exchange(stalled_, stalled) && stalled) {
      while (queue_.size() > free) {
        auto& last = queue_.back();
        found.returned.emplace_back(last.link, last.id);
        queued_us_ -= last.estimate_us;
        queue_.pop_back();
      }
    }
  }
  for (auto& stop : stops)
    stop.request_stop();
  return found;
}

pool_load pool_queue::load(steady::time_point now) const {
  std::lock_guard lock{mutex_};
  pool_load load;
  load.slots = size_;
  load.busy = running_;
  load.queued = static_cast<std::uint32_t>(queue_.size());
  load.mean_us = mean_us_;
  load.cpu_bound = cpu_bound_;
  if (!cpu_bound_) return load;
  for (auto& current : slots_)
    load.stuck += current.id != 0 && now - current.started > patience;
  return load;
}

} // namespace squall::actors
