#pragma once

#include "actors/jobs/job_kind.hpp"
#include "actors/queue/held_leases.hpp"
#include "actors/queue/settlement_of.hpp"
#include "proto/submission.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace squall::actors {

/// Which jobs a runner runs, and what it keeps of them.
struct runner_limits {
  std::vector<std::string> queues{"default"}; ///< at least one, none of them twice
  std::size_t most_result_bytes = default_result_bytes;
};

/// What a runner sends in one turn; either may be empty.
struct runner_mail {
  proto::queue_batch broker;
  proto::submit_batch router;
};

/// Has the jobs of some queues run at the workers of a gateway: for each kind that has slots it
/// leases jobs, submits them as calls of the lowest priority, and settles them by the calls'
/// results. Holds no more jobs of a kind than `job_kind` says. Leases are extended at half their
/// time; when one is lost, or its job is cancelled, so is the call. Pure: no runtime, times are
/// arguments.
class runner_core {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit runner_core(runner_limits limits) : limits_{std::move(limits)} {}

  /// The router took the runner in as this bridge. Nothing is leased before.
  void attached(std::uint8_t bridge) { bridge_ = bridge; }
  void on_kinds(proto::kinds_changed& known);
  void on_answers(proto::queue_answers& batch, time_point now);
  void on_results(std::vector<proto::result>& results, time_point now);
  /// What calls that run told; kept with their jobs, by an extension of their leases.
  void on_progress(std::vector<proto::call_progress>& words, time_point now);

  /// Leases nothing more. Takes waiting requests back; what they bring all the same is released.
  void drain();
  /// Whether a drain has nothing left to wait for: no job, and no settlement without its answer.
  bool is_drained() const { return draining_ && jobs_.empty() && unanswered_ == 0; }

  runner_mail take(time_point now);
  /// When to call `take` again though nothing happens.
  std::optional<time_point> next_look() const;

  /// The waiting line is fair between connections; all jobs are one, and no client's.
  static constexpr std::uint64_t connection = ~std::uint64_t{0};

private:
  /// A lease request that is out.
  struct asked {
    std::uint64_t id = 0;
    std::uint32_t kind = 0;
    std::uint32_t queue = 0;
    std::uint32_t count = 0;
  };

  std::uint32_t index_of(const std::string& kind);
  void on_leased(proto::queue_answer& answer, time_point now);
  void begin(std::uint32_t kind, proto::leased_item& item, time_point now);
  void end(held_lease& job, proto::result& result, time_point now);
  /// The job is not the runner's any more: its call is to stop.
  void drop(std::uint64_t id);
  void release(std::string lease);
  void settle(proto::queue_request&& request);
  /// Takes back what waits for more than `most` jobs of a kind.
  void recall(std::uint32_t kind, std::uint32_t most);
  void lease_more(std::uint32_t kind, time_point now);
  std::string name_of(std::uint64_t worker) const;

  const runner_limits limits_;
  std::uint8_t bridge_ = 0;                 ///< 0: not attached yet
  std::vector<job_kind> kinds_;             ///< those that ever had slots
  std::vector<proto::worker_name> workers_; ///< by number
  std::vector<asked> asked_;                ///< a few
  held_leases jobs_;                        ///< by id of the call; owned by the kind's index
  runner_mail out_;
  std::uint64_t last_id_ = 0;    ///< of requests and calls
  std::uint32_t unanswered_ = 0; ///< settlements, and the end of a drain
  bool draining_ = false;
};

} // namespace squall::actors
