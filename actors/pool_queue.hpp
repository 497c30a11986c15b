#pragma once

#include "actors/credit.hpp"
#include "actors/handler.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace squall::actors {

using steady = std::chrono::steady_clock;

/// One call in a pool's queue.
struct queued_call {
  std::uint64_t id = 0;
  std::uint32_t link = 0; ///< the agent's number of the gateway that wants it; 0 is nobody
  std::uint32_t attempt = 0;
  std::uint32_t first_index = 0;
  std::uint32_t estimate_us = 0; ///< 0: by the pool's moving average
  steady::time_point deadline;
  std::string params;
  bool tells_progress = false; ///< see `proto::call`
};

/// Which call a slot runs.
struct running_call {
  std::uint64_t id = 0;   ///< 0: none
  std::uint32_t link = 0; ///< as of `queued_call`
  std::uint32_t attempt = 0;

  friend bool operator==(const running_call&, const running_call&) = default;
};

/// Answers for one gateway.
struct link_results {
  std::uint32_t link = 0;
  std::vector<proto::result> results;
};

/// What a slot has to do next.
struct pool_step {
  std::optional<queued_call> call;   ///< nothing: the slot is idle now, until it is woken
  std::stop_token stop;              ///< for `call`
  std::optional<std::uint32_t> wake; ///< another slot to wake before `call` begins;
                                     ///< never where handlers wait
  bool announce = false;             ///< tell the agent to collect
  bool retired = false;              ///< the slot is none any more: its pool has shrunk
};

/// What a new size means for those who run slots.
struct pool_resizing {
  std::vector<std::uint32_t> opened; ///< slots that are there now and have nobody to run them
  std::vector<std::uint32_t> closed; ///< idle ones that are none any more
};

/// What a look at the clock brought to light.
struct pool_check {
  std::vector<std::uint32_t> wake;                               ///< slots to wake
  std::vector<std::pair<std::uint32_t, std::uint64_t>> returned; ///< (link, id) of calls given back
  std::vector<std::pair<std::uint32_t, proto::call_progress>> progress; ///< by link
};

/// The calls of one pool: those that wait, those that its slots run, and the answers that wait to
/// be collected. An agent puts calls in and collects answers; slots take one call after another,
/// so that no call waits behind a long one while a slot is free. Every call that is put in comes
/// out once: as an answer from `collect`, or as returned from `check`; unless its gateway was
/// dropped. All members are safe to call from any thread, and cost one short lock.
class pool_queue {
public:
  pool_queue(std::uint32_t slots, bool cpu_bound);

  // -- for the agent

  /// Appends calls (and leaves `calls` empty). Gives idle slots to wake: as many as the work is
  /// worth. They count as working from now on.
  std::vector<std::uint32_t> push(std::vector<queued_call>& calls, steady::time_point now);

  /// Idle slots for which there is work; they count as working from now on.
  std::vector<std::uint32_t> wake_idle();

  /// Whether what waits is worth less than a way to another thread.
  bool is_brief() const;

  /// All answers since the last time.
  std::vector<link_results> collect();

  /// Answers those of the calls that wait with `cancelled`, and asks those that run to stop.
  /// `ids` is sorted.
  void cancel(std::uint32_t link, std::span<const std::uint64_t> ids, steady::time_point now);

  /// The gateway is gone: its calls are forgotten, and those that run are asked to stop.
  void drop(std::uint32_t link);

  /// To be called every few milliseconds while there are calls: enforces deadlines, wakes idle
  /// slots, gives calls back when nothing has moved for `patience`, twice in a row, and brings what
  /// running calls told of their progress.
  pool_check check(steady::time_point now);

  /// So many slots from now on. Those that are too many and have a call end with it.
  pool_resizing resize(std::uint32_t slots);

  /// Takes the calls out that wait for a slot: (link, id).
  std::vector<std::pair<std::uint32_t, std::uint64_t>> give_back();

  /// No slot gets a call any more; running ones are asked to stop.
  void close();

  pool_load load(steady::time_point now) const;

  // -- for slots

  /// The next call for an idle slot that was woken.
  pool_step begin(std::uint32_t slot, steady::time_point now);

  /// Ends the slot's call and gives the next one.
  pool_step advance(std::uint32_t slot, outcome&& ended, steady::time_point now);

  /// Ends the slot's call; the slot is idle. Returns whether to tell the agent to collect.
  bool finish(std::uint32_t slot, outcome&& ended, steady::time_point now);

  /// The slot's call is so far. The next `check` brings the newest word of each call, one in
  /// `between_words` at most. Nothing happens when the slot has another call by now, or when the
  /// text is longer than `proto::most_progress_bytes`.
  void tell(std::uint32_t slot, const running_call& call, std::string progress);

  /// Calls queued for so long while no slot finishes anything may be given back; a slot whose call
  /// began so long ago is granted nothing ahead.
  static constexpr std::chrono::milliseconds patience{5};
  /// Answers wait for at most so much work before they are announced.
  static constexpr std::chrono::microseconds gather{200};
  /// One more slot is woken for so much work.
  static constexpr std::chrono::microseconds worth_waking{50};
  /// Less work than this is done without waking anybody.
  static constexpr std::chrono::microseconds brief{100};
  static constexpr std::chrono::milliseconds between_words{250};

private:
  struct running : running_call {
    steady::time_point started;
    steady::time_point deadline;
    proto::errc stopped = proto::errc::none; ///< why it was asked to stop
    std::stop_source source{std::nostopstate};
    std::string told;             ///< its progress, to be brought yet
    steady::time_point told_last; ///< when some was brought
    bool retired = false;         ///< no slot, until the pool grows again
  };

  void answer(std::uint32_t link, proto::result&& result, steady::time_point now);
  void refuse(const queued_call& call, proto::errc why, steady::time_point now);
  void end(running& current, outcome&& ended, steady::time_point now);
  pool_step next(std::uint32_t slot, steady::time_point now);
  bool take_front(running& current, pool_step& step, steady::time_point now);
  /// The slot has nothing to do: it waits, or is none any more.
  void rest(std::uint32_t slot);
  bool should_announce(steady::time_point now, const std::optional<queued_call>& before);
  std::uint32_t estimate(const queued_call& call) const;
  void wake(std::size_t count, std::vector<std::uint32_t>& woken);

  const bool cpu_bound_;
  mutable std::mutex mutex_;
  bool closed_ = false;
  std::deque<queued_call> queue_;
  std::uint64_t queued_us_ = 0; ///< estimated work in `queue_`
  std::uint32_t size_;          ///< slots below this number take calls
  std::vector<running> slots_;  ///< more than `size_` while those that are too many have calls
  std::vector<std::uint32_t> idle_;
  std::size_t present_;       ///< in `slots_` and not retired
  std::uint32_t running_ = 0; ///< slots with a call; the others are idle, or woken and on their way
  std::vector<link_results> done_;
  bool any_done_ = false;
  bool announced_ = false;
  steady::time_point done_since_;
  steady::time_point progress_; ///< when a slot last finished, or calls began to wait
  bool stalled_ = false;        ///< at the last check nothing had moved for `patience`
  double mean_us_ = 0;
};

} // namespace squall::actors
