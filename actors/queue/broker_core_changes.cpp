// What changes at a broker without being asked for: by the clock, or by others at the same store.
#include "actors/queue/broker_core.hpp"

namespace squall::actors {

void broker_core::expire(unix_ms now) {
  const auto changes = items().expire(now);
  events_.expired += changes.leases.size();
  for (const auto& lease : changes.leases)
    book_.drop(lease);
  for (const auto& queue : changes.queues) {
    auto& lines = touch(queue);
    lines.leases_due = lines.joins_due = true;
    lines.puts_due |= !changes.ended.empty(); // of those that were ready
  }
  for (const auto& job : changes.jobs)
    touch_job(job, false);
  for (const auto& job : changes.ended)
    touch_job(job, true);
  if (!changes.ended.empty()) memory_freed();
  if (changes.next) look_at(*changes.next);
  if (look_every_ms_ > 0) look_at(now + look_every_ms_);
}

void broker_core::hear(const proto::store_news& news, unix_ms now) {
  for (const auto& lease : news.void_leases) {
    book_.drop(lease);
    void_leases_.push_back(lease);
  }
  for (const auto& lease : news.revoked) {
    // What others did has happened, whatever becomes of this turn.
    if (const auto holder = book_.drop(lease); holder != 0)
      sure_mail_[holder].revoked.push_back(lease);
    void_leases_.push_back(lease);
  }
  const auto touch_waited_for = [this](const std::string& name) {
    auto* const lines = waiters_.find_lines(name);
    if (lines) touch(*lines);
    return lines;
  };
  for (const auto& queue : news.ready)
    if (auto* lines = touch_waited_for(queue)) {
      lines->leases_due = true;
      if (used_) rated_.emplace(now, queue); // what this turn has read may be older than the news
    }
  for (const auto& queue : news.freed)
    if (auto* lines = touch_waited_for(queue)) lines->puts_due = lines->joins_due = true;
  if (!news.freed.empty()) memory_freed();
  for (const auto job : news.jobs)
    if (auto* lines = touch_waited_for(lines_name(job))) lines->job_ended = true;
  if (news.all) {
    touch_all();
    look_at(now); // there may be more to expire, too
  }
  attempt([&] { serve(now); });
}

void broker_core::touch_all() {
  for (auto* lines : waiters_.all_lines()) {
    touch(*lines);
    lines->puts_due = lines->leases_due = lines->joins_due = lines->job_ended = true;
  }
}

void broker_core::memory_freed() {
  for (auto* lines : starved_) {
    touch(*lines);
    lines->puts_due = true;
  }
}

} // namespace squall::actors
