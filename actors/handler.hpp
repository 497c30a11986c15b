#pragma once

#include "proto/call.hpp"
#include "proto/kind_info.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace squall::actors {

/// Takes word of how far a call is: JSON text, of `proto::most_progress_bytes` at most.
using progress_teller = std::function<void(std::string json)>;

/// What a handler gets. The view lives until the handler has answered.
struct task {
  std::string_view params;       ///< JSON text
  std::uint32_t first_index = 0; ///< see `proto::call`; added to indexes in messages
  std::stop_token stop;          ///< set when nobody wants the answer any more
  /// Empty when nobody wants to know, as for all calls but those of jobs. May be called from any
  /// thread, and as often as the handler likes: the newest word is passed on every 250 ms, and
  /// shown as the job's `progress`. After the answer it does nothing.
  progress_teller progress = {};
};

/// What a handler answers with: a result, or an error of the table.
struct outcome {
  proto::errc code = proto::errc::none;
  std::string body; ///< JSON text of the result, or the error's message for people
  std::string data; ///< with an error: JSON object text with more about it, or empty

  static outcome ok(std::string json) { return {proto::errc::none, std::move(json), {}}; }
  static outcome fail(proto::errc code, std::string message, std::string data = {}) {
    return {code, std::move(message), std::move(data)};
  }
};

/// Answers one task. Call it exactly once, from any thread.
using completion = std::function<void(outcome)>;

/// How a pool runs its kind. Exactly one of `run` and `start` is set, as `info.cpu_bound` says.
struct handler {
  proto::kind_info info;
  /// CPU-bound: computes on its slot's thread and returns. An exception becomes `task_failed`.
  std::function<outcome(const task&)> run;
  /// I/O-bound: begins and returns at once; may be called from any thread. The task's params stay
  /// valid until the completion was called. After a stop request it answers soon (`cancelled`).
  std::function<void(const task&, completion)> start;
  /// I/O-bound, optional: runs something soon on the thread on which `start` answers; may be called
  /// from any thread. The pool's owner then takes its turns there, for all answers that are ready,
  /// instead of on a thread that would have to be woken for it.
  std::function<void(std::function<void()>)> post;
  /// CPU-bound, optional: about how long these params will take. Cheap, never fails. Without it
  /// the pool goes by what earlier calls took.
  std::function<std::chrono::microseconds(std::string_view params)> estimate;
};

} // namespace squall::actors
