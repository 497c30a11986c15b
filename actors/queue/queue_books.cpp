#include "actors/queue/queue_books.hpp"

#include <algorithm>

namespace squall::actors {

std::uint32_t queue_books::may_run(std::uint32_t max_running, std::uint32_t most) const noexcept {
  if (max_running == 0) return most;
  const auto running = std::min<std::uint64_t>(in(item_state::leased), max_running);
  return std::min(most, static_cast<std::uint32_t>(max_running - running));
}

void queue_books::count_put(std::size_t count, unix_ms now) noexcept {
  total_put += count;
  put_rate.add(count, now);
}

void queue_books::count_ack(unix_ms now) noexcept {
  ++total_acked;
  ack_rate.add(1, now);
}

void queue_books::fill(proto::queue_stats& out, std::optional<unix_ms> oldest,
                       unix_ms now) const noexcept {
  out.ready = in(item_state::ready);
  out.delayed = in(item_state::delayed);
  out.leased = in(item_state::leased);
  out.dead = in(item_state::dead);
  out.done = in(item_state::done);
  out.cancelled = in(item_state::cancelled);
  out.unfinished = out.ready + out.delayed + out.leased;
  if (oldest) out.oldest_ms = now - std::min(now, *oldest);
  out.bytes = bytes;
  out.total_put = total_put;
  out.total_leased = total_leased;
  out.total_acked = total_acked;
  out.total_nacked = total_nacked;
  out.total_expired = total_expired;
  out.put_rate = put_rate.at(now);
  out.ack_rate = ack_rate.at(now);
}

} // namespace squall::actors
