#pragma once

#include "proto/call.hpp"
#include "proto/kind_info.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace squall::proto {

/// Which io thread's bridge made a call stands in the top byte of the call's id.
inline constexpr unsigned bridge_shift = 56;

/// A call on its way from a bridge to the router. `work.time_left_ms` is the whole timeout;
/// 0 means the kind's default.
struct submission {
  call work;
  std::uint64_t connection = 0; ///< the waiting line is fair between these
  std::uint8_t priority = 5;    ///< 0 to 9, higher first

  friend bool operator==(const submission&, const submission&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, submission& x) {
  return f(caf::meta::type_name("squall.submission"), x.work, x.connection, x.priority);
}

/// What a bridge sends to the router in one turn of its event loop.
struct submit_batch {
  std::vector<submission> calls;
  std::vector<std::uint64_t> cancelled; ///< ids; they are not answered any more

  friend bool operator==(const submit_batch&, const submit_batch&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, submit_batch& x) {
  return f(caf::meta::type_name("squall.submit_batch"), x.calls, x.cancelled);
}

/// What the router sends to a bridge in one turn.
struct answer_batch {
  std::vector<result> results;
  std::vector<call_progress> progress; ///< of calls that asked for it

  friend bool operator==(const answer_batch&, const answer_batch&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, answer_batch& x) {
  return f(caf::meta::type_name("squall.answer_batch"), x.results, x.progress);
}

/// A kind and how many slots for it there are now (0: known, but no worker offers it now).
struct kind_slots {
  kind_info info;
  std::uint32_t slots = 0;
  bool offered = true; ///< by a worker, ever; otherwise it is expected, and `info` is a name

  friend bool operator==(const kind_slots&, const kind_slots&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, kind_slots& x) {
  return f(caf::meta::type_name("squall.kind_slots"), x.info, x.slots, x.offered);
}

/// What people call a worker.
struct worker_name {
  std::uint64_t number = 0; ///< see `result::worker`
  std::string name;

  friend bool operator==(const worker_name&, const worker_name&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, worker_name& x) {
  return f(caf::meta::type_name("squall.worker_name"), x.number, x.name);
}

/// Sent to every bridge when it attaches and whenever kinds or slots change.
struct kinds_changed {
  std::vector<kind_slots> kinds;    ///< by name
  std::vector<worker_name> workers; ///< that are there, by number

  friend bool operator==(const kinds_changed&, const kinds_changed&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, kinds_changed& x) {
  return f(caf::meta::type_name("squall.kinds_changed"), x.kinds, x.workers);
}

} // namespace squall::proto
