#pragma once

#include "proto/due_times.hpp"
#include "proto/queue.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace squall::proto {

/// Queues whose names begin with this are the gateways' own: no client sees them.
inline constexpr std::string_view reserved_prefix = "squall.";
inline bool is_reserved(std::string_view queue) noexcept {
  return queue.starts_with(reserved_prefix);
}

/// A job that is repeated. It is kept as a job itself, of a kind of its own in a queue of the
/// gateways, which is ready when the next one is due: whoever leases it puts the job that is due
/// and the schedule's next one. So every store keeps schedules, and hands each out to one gateway.
/// Times are Unix times in milliseconds; 0: none.
struct schedule {
  std::string name;
  std::string cron;             ///< see `proto::cron`; empty: by `every_ms`
  std::string time_zone{"UTC"}; ///< of `cron`
  std::uint64_t every_ms = 0;   ///< 0: by `cron`
  std::string queue;            ///< of the jobs
  new_item job;                 ///< what is put each time
  bool catch_up = false;        ///< when due times were missed, the job is put once for them
  bool paused = false;
  std::uint64_t due_ms = 0;  ///< the next time; of a paused one: 0
  std::uint64_t last_ms = 0; ///< the due time for which the job was put last

  friend bool operator==(const schedule&, const schedule&) = default;
};

inline constexpr std::string_view schedule_queue = "squall.schedules";
/// Of the job that keeps a schedule.
std::string schedule_kind(std::string_view name);

/// When it is due, or what is wrong: a line, a zone.
std::variant<due_times, std::string> times_of(const schedule& of);

/// The request that keeps it from now on. Unless it is said there what it stands for
/// (`queue_request::jobs`), one of the same name that is there is found instead.
queue_request put_of(const schedule& what, std::uint64_t now_ms);
/// The schedule that was kept in a job of this body; nothing when it is none.
std::optional<schedule> schedule_in(std::string_view body);

} // namespace squall::proto
