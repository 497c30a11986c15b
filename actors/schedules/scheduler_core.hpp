#pragma once

#include "proto/queue.hpp"
#include "proto/schedule.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace squall::actors {

/// Sees to it that repeated jobs are put when they are due. Leases the jobs that keep schedules
/// (`proto::schedule`), which are ready then, and for each sends in one batch, which is done as a
/// whole or not at all: the job that is due, the schedule with its next time, and the ack of the
/// lease, on whose being held the other two depend. So there is one job for each due time, however
/// many gateways share the store and whatever dies. What was missed while no gateway ran is caught
/// up on once, or skipped. Pure: no runtime, times are arguments, in milliseconds of Unix time.
class scheduler_core {
public:
  void on_answers(proto::queue_answers& batch, std::uint64_t now);

  /// Leases nothing more.
  void drain();
  /// Whether a drain has nothing left to wait for: no lease, and no batch without its answers.
  bool is_drained() const noexcept { return draining_ && asked_ == 0 && unanswered_.empty(); }

  proto::queue_batch take(std::uint64_t now);
  /// When to call `take` again though nothing happens; nothing while it waits for an answer.
  std::optional<std::uint64_t> next_look() const noexcept;
  /// What went wrong since the last time, for the log.
  std::vector<std::string> take_notes() { return std::exchange(notes_, {}); }

  static constexpr std::uint32_t most_at_once = 64;
  /// Soon again when a gateway dies between the two steps.
  static constexpr std::uint32_t lease_ms = 5'000;
  static constexpr std::uint32_t wait_ms = 3'600'000;
  static constexpr std::uint64_t retry_ms = 1'000; ///< behind a lease that failed

private:
  /// A request whose answer only matters when it is an error.
  struct sent {
    std::uint64_t id = 0;
    std::string what; ///< for the log; empty: nothing is said
  };

  void on_leased(proto::queue_answer& answer, std::uint64_t now);
  void on_done(const proto::queue_answer& answer);
  void begin(const proto::leased_item& item, std::uint64_t now);
  void put_job(const proto::schedule& due, const proto::leased_item& item);
  void give_up(const proto::leased_item& item, std::string why);
  void send(proto::queue_request&& request, std::string what = {});

  std::vector<sent> unanswered_; ///< in the order of their ids
  std::vector<std::string> notes_;
  proto::queue_batch out_;
  std::uint64_t last_id_ = 0;
  std::uint64_t asked_ = 0;    ///< the lease that is out; 0: none
  std::uint64_t ask_from_ = 0; ///< not before
  std::string trouble_;        ///< why the last lease failed; empty: it did not
  bool draining_ = false;
};

} // namespace squall::actors
