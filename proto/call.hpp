#pragma once

#include "proto/errc.hpp"

#include <caf/meta/type_name.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace squall::proto {

/// One request for one kind. Sent in batches; never alone between processes.
struct call {
  std::uint64_t id = 0;           ///< unique within its gateway's life; 0 is invalid
  std::uint32_t attempt = 0;      ///< 1 for the first worker that gets it; fences late answers
  std::uint32_t time_left_ms = 0; ///< what remains of the deadline at the moment of sending
  std::uint32_t first_index = 0;  ///< index of the first element, when part of a spread call
  std::string kind;
  std::string params;          ///< JSON text, passed on unparsed
  bool tells_progress = false; ///< whoever submitted it wants to know how far it is, while it runs

  friend bool operator==(const call&, const call&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, call& x) {
  return f(caf::meta::type_name("squall.call"), x.id, x.attempt, x.time_left_ms, x.first_index,
           x.kind, x.params, x.tells_progress);
}

/// How one call ended. `code` is `errc::none` for a result.
struct result {
  std::uint64_t id = 0;
  std::uint32_t attempt = 0; ///< the attempt that it answers
  errc code = errc::none;
  std::uint32_t run_us = 0; ///< time that the handler took; 0 when it never ran
  std::string body;         ///< JSON text of the result, or the error's message for people
  std::string data;         ///< with an error: JSON object text with more about it, or empty
  std::uint64_t worker = 0; ///< that had it last; 0: none had. Stays in the gateway, which numbers
                            ///< its workers

  friend bool operator==(const result&, const result&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, result& x) {
  return f(caf::meta::type_name("squall.result"), x.id, x.attempt, x.code, x.run_us, x.body,
           x.data);
}

/// How far a call is that runs, and that `tells_progress`.
struct call_progress {
  std::uint64_t id = 0;
  std::uint32_t attempt = 0; ///< the attempt that tells it
  std::string body;          ///< JSON text, of `most_progress_bytes` at most

  friend bool operator==(const call_progress&, const call_progress&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, call_progress& x) {
  return f(caf::meta::type_name("squall.call_progress"), x.id, x.attempt, x.body);
}

/// What a call may tell of itself; more is left out.
inline constexpr std::size_t most_progress_bytes = 4'096;

/// What a gateway sends to an agent in one turn.
struct call_batch {
  std::vector<call> calls;
  std::vector<std::uint64_t> cancelled; ///< ids of calls sent earlier whose answer nobody wants

  friend bool operator==(const call_batch&, const call_batch&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, call_batch& x) {
  return f(caf::meta::type_name("squall.call_batch"), x.calls, x.cancelled);
}

/// How many calls of one kind a gateway may have at a worker, sent and not yet answered.
struct grant {
  std::string kind;
  std::uint32_t window = 0;

  friend bool operator==(const grant&, const grant&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, grant& x) {
  return f(caf::meta::type_name("squall.grant"), x.kind, x.window);
}

/// What an agent sends to a gateway in one turn.
struct result_batch {
  std::uint64_t worker = 0; ///< number that the gateway gave the worker when it joined
  std::vector<result> results;
  std::vector<std::uint64_t> returned; ///< ids of calls given back unstarted; give them to another
  std::vector<grant> grants;           ///< windows that changed
  std::vector<call_progress> progress; ///< of calls that run; the newest of each

  friend bool operator==(const result_batch&, const result_batch&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, result_batch& x) {
  return f(caf::meta::type_name("squall.result_batch"), x.worker, x.results, x.returned, x.grants,
           x.progress);
}

} // namespace squall::proto
