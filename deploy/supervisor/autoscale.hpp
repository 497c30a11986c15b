#pragma once

#include "deploy/manifest/manifest.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// How many processes a group of workers should have. Pure: times are arguments.
///
/// A kind that is served by n processes of c slots has n * c of them. Of the calls that are there,
/// busy ones have a slot, the others wait: by Little's law (J. D. C. Little, "A Proof for the
/// Queuing Formula L = λW", Operations Research 9, 1961), those that find no slot at once wait for
/// their number times S / (n * c) on average at most, when calls run for S, as slots come free at
/// the rate n * c / S. The utilisation law, busy / (n * c), says how much of the slots is used.
/// The smallest n that keeps both within their limits is enough. How it gets there is as in the
/// autoscaling/v2 interface of Kubernetes: up at once, in steps that at most double; down one by
/// one, when fewer were enough for a while.
namespace squall::supervisor {

/// Calls of one kind, or items of one queue, as far as they are for one group.
struct demand {
  double slots = 1;   ///< of one process
  double busy = 0;    ///< slots that are in use, on average
  double backlog = 0; ///< what waits for a slot
  /// How long one call takes; nothing: none has ended yet.
  std::optional<double> run_seconds;
};

/// More of the slots than this should not be busy: so much of a burst finds a slot at once.
inline constexpr double most_utilisation = 0.8;

/// How long the last in line waits for one of the slots of so many processes; infinite when it
/// is not known that any of the calls ends.
double waiting_seconds(const demand& of, std::uint32_t processes);

/// The share of the slots of so many processes that is busy.
double utilisation(const demand& of, std::uint32_t processes);

/// How much there is to do for so many processes.
struct measure {
  /// Of whoever waits longest; nothing: nobody knows, as none of what waits has ended yet.
  std::optional<std::chrono::milliseconds> waiting;
  double backlog = 0; ///< calls and items that wait for a slot
  double busy = 0;    ///< the share of the slots, of the kind or queue that has the most in use

  friend bool operator==(const measure&, const measure&) = default;
};

measure measure_of(std::span<const demand> all, std::uint32_t processes);

/// The smallest number within the limits that is enough for all, or else the limits' `max`.
std::uint32_t enough_for(std::span<const demand> all, const manifest::scaling& limits);

/// A change of the number of a group's processes, and why.
struct scale_step {
  std::uint32_t processes = 1;
  std::string because; ///< for people: "about 850 ms of waiting, 100 ms wanted"
};

/// Decides for one group, each time it is asked. One thread.
class autoscaler {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::milliseconds;

  /// Between two steps up, so that reports can show what the first one has brought.
  static constexpr duration up_pause{1'000};
  /// Processes that are not ready hold the next step up for so long at most: one that cannot start
  /// must not hold it for ever.
  static constexpr duration start_patience{30'000};
  /// Between two steps down; half of `down_after` when that is less.
  static constexpr duration down_pause{30'000};

  /// What to do now, if anything. \param all what there is to do, as of now \param processes that
  /// there should be \param ready how many of them are
  std::optional<scale_step> next(std::span<const demand> all, const manifest::scaling& limits,
                                 std::uint32_t processes, std::uint32_t ready, time_point now);
  /// A step up could not be made: there is no other one for `start_patience`.
  void failed(time_point now) noexcept { up_at_ = now + start_patience; }

private:
  std::optional<scale_step> up(std::span<const demand> all, const manifest::scaling& limits,
                               std::uint32_t processes, std::uint32_t enough, time_point now);

  std::optional<time_point> up_at_;       ///< the last step up
  std::optional<time_point> down_at_;     ///< the last step down
  std::optional<time_point> lower_since_; ///< fewer have been enough all the time
  std::optional<time_point> unready_since_;
};

} // namespace squall::supervisor
