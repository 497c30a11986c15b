#pragma once

#include "deploy/supervisor/autoscale.hpp"
#include "deploy/supervisor/load_report.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace squall::supervisor {

/// A sum of which what is long ago counts less and less: half after `half_life`. Two of them that
/// are fed at the same times give a mean of about the last quarter of a minute. Pure.
class fading_sum {
public:
  static constexpr double half_life_seconds = 5;

  /// \param seconds since the last time
  void add(double amount, double seconds);
  double value() const noexcept { return value_; }

private:
  double value_ = 0;
};

/// A group of workers, as far as the book has to know it.
struct group_here {
  std::string name;
  std::uint32_t ready = 0;                       ///< its processes that work
  std::map<std::string, std::uint32_t> consumes; ///< queues, with the slots of one process
};

/// What gateways told of their load, and what of it is for which group: of each kind and queue, as
/// large a share as the group has of the slots. One thread; times are arguments.
class load_book {
public:
  using time_point = autoscaler::time_point;

  /// A report that is older says nothing any more.
  static constexpr std::chrono::milliseconds fresh_for{5'000};

  /// \param store what `--store` of the gateway is: those that share a database report the same
  /// queues
  void hear(pid_t gateway, const std::string& store, load_report report, time_point now);
  /// The gateway has ended.
  void forget(pid_t gateway) { gateways_.erase(gateway); }

  /// What there is to do for a group. Nothing when no gateway has told anything lately: then nobody
  /// knows. \param all groups, with whom it shares queues; itself among them
  std::optional<std::vector<demand>>
  demands_of(const group_here& group, const std::vector<group_here>& all, time_point now) const;

private:
  /// How long calls of a kind take, from one report after another.
  struct kind_pace {
    fading_sum ended;
    fading_sum run_seconds;
    double busy = 0; ///< slots on average, between the last two reports
  };
  /// Likewise of a queue's items.
  struct queue_pace {
    fading_sum ended;
    fading_sum leased_seconds; ///< of all that are leased, together
    fading_sum seconds;
  };
  struct gateway {
    std::string store;
    load_report last;
    time_point heard;
    double interval = 0; ///< seconds between the last two reports; 0: there was one
    std::map<std::string, kind_pace> kinds;
    std::map<std::string, queue_pace> queues;
  };
  /// A demand that is being added up.
  struct sum;
  using sums = std::map<std::string, sum>;

  static void follow(gateway& at, const load_report& next, double interval);
  static void add_kinds(sums& to, const group_here& group, const gateway& at, double of_queues);
  static void add_queues(sums& to, const group_here& group, const std::vector<group_here>& all,
                         const gateway& at, double of_queues);
  std::size_t sharing(const gateway& at, time_point now) const;

  std::map<pid_t, gateway> gateways_;
};

} // namespace squall::supervisor
