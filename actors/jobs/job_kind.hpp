#pragma once

#include "actors/queue/lease_plan.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace squall::actors {

/// One kind of jobs: how many of them a runner may have in hand, and which of its queues it asks
/// for the next ones. As many as there are slots, and some ahead when the kind's jobs are short:
/// what fills the slots for `ahead`, so that one commit of a store serves many. A kind that is
/// refused is left alone for a pause, which grows until one of its jobs runs. Pure: times are
/// arguments. Queues are told by their index.
class job_kind {
public:
  using time_point = lease_plan::time_point;
  using milliseconds = std::chrono::milliseconds;

  job_kind(std::string name, std::uint32_t queues);

  const std::string& name() const noexcept { return name_; }
  std::uint32_t slots() const noexcept { return slots_; }
  void set_slots(std::uint32_t slots) { slots_ = slots; }
  /// Most jobs in hand or asked for.
  std::uint32_t tokens() const noexcept;

  /// A job ran for so long.
  void ran(std::uint32_t run_us);
  /// A job was not run, for now. True when a pause begins.
  bool refused(time_point now);
  /// A job is not in hand any more.
  void ended() { plan_.item_ended(); }

  /// The requests for jobs to make now; they count as made.
  std::vector<lease_plan::ask> next(time_point now);
  void answered(std::uint32_t queue, std::uint32_t items, bool failed, time_point now) {
    plan_.answered(queue, items, failed, now);
  }
  void recalled(std::uint32_t queue) { plan_.recalled(queue); }
  /// When to call `next` again though nothing happens.
  std::optional<time_point> next_look() const;

  /// More than the way from a job's end to the next job takes, which leads through two commits:
  /// with less, slots wait while a gateway has much to do.
  static constexpr std::chrono::microseconds ahead{10'000};
  static constexpr std::uint32_t most_ahead = 256;
  static constexpr milliseconds first_pause{50};
  static constexpr milliseconds longest_pause{1'000};

private:
  std::string name_;
  std::uint32_t slots_ = 0;
  double run_us_ = 0; ///< moving average; 0: none has run yet
  lease_plan plan_{0};
  milliseconds pause_ = first_pause;       ///< the next one
  std::optional<time_point> paused_until_; ///< may have passed
};

} // namespace squall::actors
