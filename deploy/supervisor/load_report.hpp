#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How much work a gateway has, as it tells the supervisor that started it: in a variable of its
/// own among those of sd_notify(3), whose readers ignore what they don't know. Pure.
namespace squall::supervisor {

/// What a report is sent as. In a gateway's environment, as "1", it says that reports are wanted;
/// variables that begin with SQUALL_ are flags there.
inline constexpr const char* load_variable = "X_SQUALL_LOAD";
/// A longer report is not sent: a datagram needs room in the socket of whoever reads.
inline constexpr std::size_t most_report_bytes = 60'000;

/// What the workers of one group offer of a kind.
struct offered_slots {
  std::uint32_t workers = 0;
  std::uint32_t slots = 0; ///< of all of them

  friend bool operator==(const offered_slots&, const offered_slots&) = default;
};

/// The calls of one kind, jobs that are run as calls among them.
struct kind_load {
  std::string kind;
  std::uint32_t slots = 0;     ///< of all workers that offer it now
  std::uint32_t in_flight = 0; ///< at workers
  std::uint32_t waiting = 0;   ///< at the gateway, for a slot
  std::uint64_t ended = 0;     ///< calls that ran to their end, since the gateway's start
  double run_seconds = 0;      ///< how long those ran, together
  /// Who offers the slots, by the group of the worker: its name without "-NUMBER".
  std::map<std::string, offered_slots> groups;

  friend bool operator==(const kind_load&, const kind_load&) = default;
};

/// A queue that has items.
struct queue_load {
  std::string name;
  std::uint64_t ready = 0;  ///< that its limits let out
  std::uint64_t leased = 0; ///< somebody works on them
  std::uint64_t ended = 0;  ///< attempts, since the queue was made
  bool runs_jobs = false;   ///< the gateway has its jobs run wherever their kinds are served

  friend bool operator==(const queue_load&, const queue_load&) = default;
};

struct load_report {
  std::vector<kind_load> kinds;
  std::vector<queue_load> queues;

  friend bool operator==(const load_report&, const load_report&) = default;
};

/// The group of a worker: its name without a number at the end.
std::string_view group_of(std::string_view worker);

/// One line of JSON.
std::string to_text(const load_report& report);

/// Nothing when it is no report.
std::optional<load_report> parse_load_report(std::string_view text);

} // namespace squall::supervisor
